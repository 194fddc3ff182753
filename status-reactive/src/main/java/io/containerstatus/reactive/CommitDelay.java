package io.containerstatus.reactive;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The short wait of a lane whose last write served several callers. They come back with what they want next; without
 * the wait the first of them would have a write of its own, and all others would wait for that one too.
 *
 * <p>While a batch is held back, the lane belongs to nobody, and to whoever {@link #take takes} it: each operation that
 * comes, which joins the batch, and the timer when as many are there as before, or no more come, or the wait has taken as
 * long as the write before.
 */
final class CommitDelay implements Runnable {
    /** So that a slow disk is not waited for twice: to come back takes callers no longer than this. */
    private static final Duration LONGEST = Duration.ofMillis(5);

    private final Lane lane;
    private final CommitTimer timer;
    /** As many operations as the write before served. */
    private final int expected;

    private final long deadline;
    private final AtomicBoolean held = new AtomicBoolean();
    private @Nullable Batch batch;
    private boolean timed;
    private volatile int size;
    private volatile boolean over;
    /** The timer's alone. */
    private int sizeBefore;

    private CommitDelay(Lane lane, CommitTimer timer, int expected, long deadline) {
        this.lane = lane;
        this.timer = timer;
        this.expected = expected;
        this.deadline = deadline;
    }

    /** Returns the delay that follows this step; null when it served one caller, failed, or was as fast as the timer. */
    static @Nullable CommitDelay after(DiskStep step, Lane lane, CommitTimer timer) {
        int served = step.batch().size();
        Duration elapsed = step.elapsed();
        if (served < 2 || step.failure() != null || elapsed.compareTo(timer.patience()) < 0) {
            return null;
        }
        Duration longest = elapsed.compareTo(LONGEST) < 0 ? elapsed : LONGEST;
        return new CommitDelay(lane, timer, served, timer.now() + longest.toNanos());
    }

    /** Returns the batch that was held back last; null when none was yet. The owner's. */
    @Nullable
    Batch batch() {
        return batch;
    }

    /** Returns whether this batch should be held back. The owner's. */
    boolean isWorthwhile(Batch open) {
        return open.size() < expected && !over && !isLate() && isTimed();
    }

    private boolean isLate() {
        return timer.now() - deadline >= 0;
    }

    private boolean isTimed() {
        if (!timed) {
            timed = timer.start(this);
        }
        return timed;
    }

    /** Leaves the lane with this batch to whoever takes it. The owner's. */
    void hold(Batch open) {
        batch = open;
        size = open.size();
        held.set(true);
    }

    /** Returns whether a batch was held back; then the caller owns the lane. */
    boolean take() {
        return held.get() && held.compareAndSet(true, false);
    }

    /** Lets the batch be written, unless more have joined it since the last time. */
    @Override
    public void run() {
        if (!lane.isIn(this)) {
            return;
        }
        int sizeNow = size;
        boolean grows = sizeNow > sizeBefore;
        sizeBefore = sizeNow;
        if ((grows && !isLate()) || !take()) {
            // Not taken: another one has just joined, and holds the batch back again.
            over = !timer.start(this);
        } else {
            over = true;
            lane.goOn(Turn.ofStore());
        }
    }
}
