package io.containerstatus.etcd;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far etcd is behind a store at one moment, and why, for a health check or a page: see {@link FleetPublisher#health()}.
 * Immutable. Only the library creates it.
 */
public final class FleetPublisherHealth {
    private final State state;
    private final boolean owner;
    private final boolean connected;
    private final int pending;
    private final Duration oldestPending;
    private final @Nullable Throwable lastFailure;
    private final @Nullable Instant lastFailureAt;
    private final @Nullable String ownershipLost;

    /** What a publisher does. */
    public enum State {
        /**
         * It does not own the node yet, or has not compared yet what etcd holds: etcd cannot be reached, refuses it, or
         * another one owns the node. It goes on trying.
         */
        TAKING,
        /** It publishes, or will do so again when etcd can be reached. With nothing pending, etcd holds what the store does. */
        PUBLISHING,
        /** Another one has taken the node, or somebody has fenced it: this publisher has ended, and writes nothing more. */
        OWNERSHIP_LOST,
        /** It was closed, or the store was; it writes nothing more. */
        CLOSED
    }

    FleetPublisherHealth(
            State state,
            boolean owner,
            boolean connected,
            int pending,
            Duration oldestPending,
            @Nullable Throwable lastFailure,
            @Nullable Instant lastFailureAt,
            @Nullable String ownershipLost) {
        this.state = state;
        this.owner = owner;
        this.connected = connected;
        this.pending = pending;
        this.oldestPending = oldestPending;
        this.lastFailure = lastFailure;
        this.lastFailureAt = lastFailureAt;
        this.ownershipLost = ownershipLost;
    }

    /** Returns what the publisher does. */
    public State state() {
        return state;
    }

    /**
     * Returns whether it owns the node, as far as it knows. Only a write finds out for certain, and each one asks. While
     * etcd is away, this stays as it was.
     */
    public boolean owner() {
        return owner;
    }

    /**
     * Returns whether etcd has answered the last call that ended. There is one at least each third of the {@linkplain
     * FleetPublisher.Builder#leaseTtl lease's time to live}.
     */
    public boolean connected() {
        return connected;
    }

    /**
     * Returns how many containers have a status, or were deleted, without that being known to be on etcd. Before it was
     * compared with the store, all of the store's containers count. After the end, those that were left.
     */
    public int pending() {
        return pending;
    }

    /** Returns how long ago the oldest of the pending changes was noticed; zero if there is none. */
    public Duration oldestPending() {
        return oldestPending;
    }

    /**
     * Returns why the last call that failed did, for a reader: also one that has succeeded since. {@link
     * io.containerstatus.RootLockedException} when another one owned the node; {@link
     * io.containerstatus.NotWrittenException} with the container's id when etcd refused one status only, as for its size;
     * null when nothing has failed yet.
     */
    public @Nullable Throwable lastFailure() {
        return lastFailure;
    }

    /** Returns when that failed, by the publisher's clock; null when nothing has failed yet, or the clock has. */
    public @Nullable Instant lastFailureAt() {
        return lastFailureAt;
    }

    /** Returns how the ownership ended, for a reader; null unless the state is {@link State#OWNERSHIP_LOST}. */
    public @Nullable String ownershipLost() {
        return ownershipLost;
    }

    @Override
    public String toString() {
        return state
                + (ownershipLost == null ? "" : ": " + ownershipLost)
                + (owner ? "; owner" : "; not the owner")
                + (connected ? "; connected" : "; not connected")
                + "; pending " + pending
                + (pending == 0 ? "" : " for " + oldestPending)
                + (lastFailure == null ? "" : "; last failure " + lastFailureAt + ": " + lastFailure.getMessage());
    }
}
