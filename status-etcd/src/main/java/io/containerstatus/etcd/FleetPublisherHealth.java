package io.containerstatus.etcd;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link FleetPublisher} at one moment: how far etcd is behind the store, and why. For a
 * health check or a page, see {@link FleetPublisher#health()}. Immutable. Only the library creates it.
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

    /** The state of a publisher. */
    public enum State {
        /**
         * The publisher does not own the node yet, or has not yet compared etcd with the store. If this
         * lasts, etcd cannot be reached or refuses a call, or another owner has the node. The publisher retries.
         */
        TAKING,
        /**
         * The publisher publishes, or will continue when etcd can be reached again. If nothing is pending,
         * etcd holds the same statuses as the store.
         */
        PUBLISHING,
        /**
         * Another owner has taken the node, or the node was fenced. The publisher has ended and writes
         * nothing more.
         */
        OWNERSHIP_LOST,
        /** The publisher or the store was closed. The publisher writes nothing more. */
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

    /** Returns the state of the publisher. */
    public State state() {
        return state;
    }

    /**
     * Returns whether the publisher owns the node, as far as it knows. Only a write is certain, and each
     * write checks the ownership. While etcd is not available, the value does not change.
     */
    public boolean owner() {
        return owner;
    }

    /**
     * Returns whether etcd answered the last call that ended. There is at least one call in each third of the
     * publisher's {@code leaseTtl}.
     */
    public boolean connected() {
        return connected;
    }

    /**
     * Returns how many containers have a status or a deletion that is not known to be on etcd. Before the
     * first comparison, all containers of the store count. After the end, this is the number of containers
     * that were left unpublished.
     */
    public int pending() {
        return pending;
    }

    /** Returns how long ago the oldest pending change was noticed; zero if nothing is pending. */
    public Duration oldestPending() {
        return oldestPending;
    }

    /**
     * Returns the last failure, even if calls have succeeded since then; null if nothing has failed yet.
     * {@link io.containerstatus.RootLockedException} if another owner has the node.
     * {@link io.containerstatus.NotWrittenException} with the container's id if etcd refused a single status
     * because of its size.
     */
    public @Nullable Throwable lastFailure() {
        return lastFailure;
    }

    /**
     * Returns when the last failure occurred, by the publisher's clock; null if nothing has failed yet, or if
     * the clock threw an exception.
     */
    public @Nullable Instant lastFailureAt() {
        return lastFailureAt;
    }

    /**
     * Returns a human-readable reason for the loss of the ownership; null unless the state is
     * {@link State#OWNERSHIP_LOST}.
     */
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
