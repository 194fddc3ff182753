package io.containerstatus.fs;

import io.containerstatus.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/**
 * A container whose newest record in the journal is not in its file yet. All times are those of the
 * {@link JournalTimer}. Guarded by the lock of {@link JournalBehind}.
 */
final class DirtyContainer {
    /** The order in which the writes are due. */
    static final Comparator<DirtyContainer> BY_DUE_TIME =
            Comparator.comparingLong((DirtyContainer one) -> one.dueAt).thenComparing(one -> one.id);

    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    private final String id;
    /** The callers that wait until the newest record is in the file. */
    private List<MonoSink<Void>> waiters = List.of();

    private @Nullable Status status;
    private JournalSegment segment;
    /** When the oldest record was written that is not in the file. */
    private long since;

    private long dueAt;
    private boolean beingWritten;
    /** Whether there is a newer record than the one that is being written. */
    private boolean overtaken;
    /** When the first such record was written. */
    private long overtakenAt;
    /** How long the next attempt waits after a failed one; 0 if the last attempt did not fail. */
    private long retryNanos;

    /**
     * Counts a container as dirty in the segment of its record.
     *
     * @param status the status in the record; null for a deletion
     */
    DirtyContainer(String id, @Nullable Status status, JournalSegment segment, long now, long dueAt) {
        this.id = id;
        this.status = status;
        this.segment = segment;
        this.since = now;
        this.dueAt = dueAt;
        segment.addDirty(1);
    }

    String id() {
        return id;
    }

    /** Returns the newest status; null for a deletion. */
    @Nullable
    Status status() {
        return status;
    }

    boolean isDeletion() {
        return status == null;
    }

    /** Returns when the oldest record was written that is not in the file. */
    long since() {
        return since;
    }

    long dueAt() {
        return dueAt;
    }

    /** Makes the write due at this time. The container must not be in a set that is ordered by this time. */
    void setDueAt(long time) {
        dueAt = time;
    }

    boolean isBeingWritten() {
        return beingWritten;
    }

    /** Returns whether the last attempt to write the file has failed. */
    boolean isFailing() {
        return retryNanos != 0;
    }

    /** Takes over a newer record. */
    void recordAgain(@Nullable Status newer, JournalSegment where, long now) {
        if (beingWritten && !overtaken) {
            overtaken = true;
            overtakenAt = now;
        }
        segment.addDirty(-1);
        where.addDirty(1);
        segment = where;
        status = newer;
    }

    void beginWrite() {
        beingWritten = true;
        overtaken = false;
    }

    /**
     * Notes that the write has succeeded. Returns whether the newest record is in the file, so that the container is
     * not dirty any more.
     */
    boolean endWrite() {
        beingWritten = false;
        retryNanos = 0;
        if (overtaken) {
            since = overtakenAt;
            return false;
        }
        segment.addDirty(-1);
        return true;
    }

    /** Notes that the write has failed, and makes its retry due. */
    void failWrite(long now) {
        beingWritten = false;
        retryNanos = Math.min(LAST_RETRY.toNanos(), Math.max(FIRST_RETRY.toNanos(), retryNanos * 2));
        dueAt = now + retryNanos;
    }

    void addWaiter(MonoSink<Void> waiter) {
        if (waiters.isEmpty()) {
            waiters = new ArrayList<>(1);
        }
        waiters.add(waiter);
    }

    boolean hasWaiters() {
        return !waiters.isEmpty();
    }

    /** Returns the waiters, and forgets them. */
    List<MonoSink<Void>> takeWaiters() {
        List<MonoSink<Void>> taken = waiters;
        waiters = List.of();
        return taken;
    }
}
