package io.containerstatus.reactive;

import io.containerstatus.StatusException;
import io.containerstatus.spi.StatusCheckpoints.Backlog;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a store at one moment, for a health check or a page: see {@link StatusStore#health()}. Immutable. Only the
 * library creates it.
 */
public final class StoreHealth {
    private final @Nullable String notWritableReason;
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
            @Nullable StatusException lastFailure,
            @Nullable Instant lastFailureAt,
            List<String> uncertain,
            List<String> outOfUse,
            long pendingOperations,
            int subscribers,
            boolean closed,
            Backlog backlog) {
        this.notWritableReason = notWritableReason;
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
     * Returns whether durable operations can be expected to succeed now. The store writes nothing to find that out. It
     * answers false if it was opened to be read only, if it has lost its root or its lock, if the last durable step that
     * ended has failed, or if it is closed. A refusal does not count, such as that of a status that is too large.
     */
    public boolean writable() {
        return notWritableReason == null;
    }

    /** Returns why it is not {@link #writable()}, for a reader; null when it is. */
    public @Nullable String notWritableReason() {
        return notWritableReason;
    }

    /**
     * Returns the failure of the last durable step that failed, of any container; null when none has failed. A refusal does
     * not count, see {@link #writable()}.
     */
    public @Nullable StatusException lastFailure() {
        return lastFailure;
    }

    /** Returns when that step failed, by the store's clock; null when none has failed, or the clock has thrown. */
    public @Nullable Instant lastFailureAt() {
        return lastFailureAt;
    }

    /**
     * Returns the ids of the containers whose last durable step failed with {@link
     * io.containerstatus.IndeterminateWriteException}, sorted: until their next write or deletion completes, the disk
     * may hold the old status or the new one.
     */
    public List<String> uncertain() {
        return uncertain;
    }

    /**
     * Returns the ids of the containers that are {@linkplain io.containerstatus.ContainerOutOfUseException out of use},
     * sorted: the store has to be opened again for them.
     */
    public List<String> outOfUse() {
        return outOfUse;
    }

    /** Returns how many operations wait for their turn, of all containers together. */
    public long pendingOperations() {
        return pendingOperations;
    }

    /** Returns how many subscriptions to changes there are, of single containers, of the store, and of waits. */
    public int subscribers() {
        return subscribers;
    }

    /** Returns whether {@link StatusStore#close()} was subscribed to. */
    public boolean closed() {
        return closed;
    }

    /**
     * Returns how far the files are behind what was acknowledged, and why, if the store was opened with a journal; otherwise,
     * and after a close, {@link Backlog#NONE}. Nothing of it is lost.
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
