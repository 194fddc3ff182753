package io.containerstatus.reactive;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The short wait of a lane whose last write served several callers of synced updates. They come back with what they want
 * next; without the wait the first of them would have a write of its own, and all others would wait for that one too.
 *
 * <p>While a batch is held back, the lane belongs to nobody, and to whoever {@link #take takes} it: each operation that
 * comes, which joins the batch, and has it written if that makes as many as before; and the timer, which has it written
 * when no more come.
 */
final class CommitDelay implements Runnable {
    /** To come back takes callers no longer than this, however slow the disk is. */
    private static final Duration LONGEST = Duration.ofMillis(5);

    private static final AtomicIntegerFieldUpdater<CommitDelay> HELD =
            AtomicIntegerFieldUpdater.newUpdater(CommitDelay.class, "held");

    private final Lane lane;
    private final CommitTimer timer;
    /** As many callers as the write before served. */
    private final int expected;

    private final long deadline;
    /** 1 while a batch is held back, else 0. */
    private volatile int held;

    private volatile boolean over;
    /** The owner's. */
    private @Nullable Batch batch;
    /** How many callers the batch has. */
    private volatile int callers;
    /** How many it had when the timer was started. */
    private int callersBefore;

    private CommitDelay(Lane lane, CommitTimer timer, int expected, long deadline) {
        this.lane = lane;
        this.timer = timer;
        this.expected = expected;
        this.deadline = deadline;
    }

    /** Returns the delay that follows this step; null when it served one caller, failed, or was as fast as the timer. */
    static @Nullable CommitDelay after(DiskStep step, Lane lane, CommitTimer timer) {
        int served = step.batch().callers();
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

    /** Returns whether this batch should be held back; sees to it that the timer runs. The owner's. */
    boolean prepare(Batch open) {
        if (open.callers() >= expected || over || isLate()) {
            return false;
        }
        if (batch == null) {
            callersBefore = open.callers();
            return startTimer();
        }
        return true;
    }

    private boolean isLate() {
        return timer.now() - deadline >= 0;
    }

    private boolean startTimer() {
        return timer.start(this, Math.min(timer.patience().toNanos(), deadline - timer.now()));
    }

    /** Leaves the lane with this batch to whoever takes it. The owner's. */
    void hold(Batch open) {
        batch = open;
        callers = open.callers();
        held = 1;
    }

    /** Returns whether a batch was held back; then the caller owns the lane. */
    boolean take() {
        return held == 1 && HELD.compareAndSet(this, 1, 0);
    }

    /** Returns whether nobody will come to end the wait. */
    boolean isOver() {
        return over;
    }

    /** Has the batch written, unless more have joined it since the timer was started. */
    @Override
    public void run() {
        if (!lane.isIn(this)) {
            return;
        }
        int callersNow = callers;
        boolean grows = callersNow > callersBefore;
        callersBefore = callersNow;
        if (grows && !isLate() && startTimer()) {
            return;
        }
        // First this: an owner that is about to hold a batch back looks here after it.
        over = true;
        if (take()) {
            lane.goOn(Turn.ofTimer());
        }
    }
}
