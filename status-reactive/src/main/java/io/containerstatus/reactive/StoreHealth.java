package io.containerstatus.reactive;

import io.containerstatus.StatusException;
import io.containerstatus.spi.StatusCheckpoints.Backlog;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a store at one moment, for a health check or a page: see {@link StatusStore#health()}.
 * Immutable. Only the library creates instances.
 */
public final class StoreHealth {
    private final @Nullable String notWritableReason;
    private final boolean retryable;
    private final @Nullable StatusException lastFailure;
    private final @Nullable Instant lastFailureAt;
    private final List<String> uncertain;
    private final List<String> outOfUse;
    private final long pendingOperations;
    private final int subscribers;
    private final boolean closed;
    private final Backlog backlog;

    StoreHealth(
            @Nullable String notWritableReason,
            boolean retryable,
            @Nullable StatusException lastFailure,
            @Nullable Instant lastFailureAt,
            List<String> uncertain,
            List<String> outOfUse,
            long pendingOperations,
            int subscribers,
            boolean closed,
            Backlog backlog) {
        this.notWritableReason = notWritableReason;
        this.retryable = retryable;
        this.lastFailure = lastFailure;
        this.lastFailureAt = lastFailureAt;
        this.uncertain = List.copyOf(uncertain);
        this.outOfUse = List.copyOf(outOfUse);
        this.pendingOperations = pendingOperations;
        this.subscribers = subscribers;
        this.closed = closed;
        this.backlog = backlog;
    }

    /**
     * Returns whether durable operations can be expected to succeed now. The store writes nothing to find
     * that out. Returns false if the store can only read, if it has lost its root or its lock, if the last
     * durable step that ended has failed, or if the store is closed. An operation that is refused, for
     * example because its status is too large, does not count as a failed step.
     */
    public boolean writable() {
        return notWritableReason == null;
    }

    /** Returns why the store is not {@link #writable()}, human-readable; null if it is. */
    public @Nullable String notWritableReason() {
        return notWritableReason;
    }

    /**
     * Returns whether the store is not {@link #writable()} only because the last durable step that ended has failed,
     * so that the next one may succeed. The store finds that out only when an operation writes. False if the store is
     * writable, and if no later step can succeed: if the store can only read, has lost its root or its lock, or is
     * closed, and after an {@link io.containerstatus.OwnershipLostException}.
     */
    public boolean retryable() {
        return retryable;
    }

    /**
     * Returns the failure of the last durable step that failed, of any container; null if none has failed. A
     * refused operation does not count, see {@link #writable()}.
     */
    public @Nullable StatusException lastFailure() {
        return lastFailure;
    }

    /**
     * Returns the time of {@link #lastFailure()} by the store's clock; null if there is no failure, or if the
     * clock threw an exception.
     */
    public @Nullable Instant lastFailureAt() {
        return lastFailureAt;
    }

    /**
     * Returns the ids of the containers whose last durable step failed with
     * {@link io.containerstatus.IndeterminateWriteException}, sorted. Until their next write or deletion
     * completes, the disk may hold the old status or the new one.
     */
    public List<String> uncertain() {
        return uncertain;
    }

    /**
     * Returns the ids of the containers that are
     * {@linkplain io.containerstatus.ContainerOutOfUseException out of use}, sorted. To use them again, open
     * the store again.
     */
    public List<String> outOfUse() {
        return outOfUse;
    }

    /** Returns how many operations wait for their turn, of all containers together. */
    public long pendingOperations() {
        return pendingOperations;
    }

    /**
     * Returns the number of subscriptions: to changes of single containers, to changes of the store, and
     * to {@link StatusStorage#await}.
     */
    public int subscribers() {
        return subscribers;
    }

    /** Returns whether {@link StatusStore#close()} was subscribed to, or {@link StatusStore#dispose()} called. */
    public boolean closed() {
        return closed;
    }

    /**
     * Returns how far the files are behind the completed changes, and why, if the store was opened with a
     * journal; otherwise, and after a close, {@link Backlog#NONE}. None of these changes is lost.
     */
    public Backlog backlog() {
        return backlog;
    }

    @Override
    public String toString() {
        return (notWritableReason == null ? "writable" : "not writable: " + notWritableReason)
                + (lastFailure == null ? "" : "; last failure " + lastFailureAt + ": " + lastFailure.getMessage())
                + "; uncertain " + uncertain + "; out of use " + outOfUse
                + "; pending operations " + pendingOperations + "; subscribers " + subscribers
                + (backlog.containers() == 0 ? "" : "; files behind " + backlog.containers())
                + (closed ? "; closed" : "");
    }
}
