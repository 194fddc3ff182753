package io.containerstatus.reactive;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Group commit with a delay: if a write served several callers, the next batch waits a moment for as many callers to
 * come back. Without that, the first of them would get a write of its own, and all others would wait for that one, too.
 * With 64 callers of one container, each of whom updates again when it is told, 63 updates share a write instead of 32.
 *
 * <p>While a batch is held, nobody owns the lane. The thread of each arriving operation takes it, and has the batch
 * written if it has as many callers as the one before. The timer has it written when no more callers come.
 */
final class CommitDelay implements Runnable {
    /** To come back takes callers no longer than this, however slow the disk is. */
    private static final Duration LONGEST = Duration.ofMillis(5);

    private final ContainerLane lane;
    private final CommitTimer timer;
    /** As many callers as the write before served. */
    private final int expected;

    private final long deadline;
    /** The run that has the batch written when the delay is over. It is made here, because no memory may be left then. */
    private final LaneRun last = LaneRun.ofTimer();

    private volatile boolean over;
    /** The owner's. */
    private @Nullable Batch batch;
    /** How many callers the batch has. */
    private volatile int callers;
    /** How many it had when the timer was started. */
    private int callersBefore;

    private CommitDelay(ContainerLane lane, CommitTimer timer, int expected, long deadline) {
        this.lane = lane;
        this.timer = timer;
        this.expected = expected;
        this.deadline = deadline;
    }

    /** Returns the delay that follows this step; null when it served one caller, failed, or was as fast as the timer. */
    static @Nullable CommitDelay after(DurableStep step, ContainerLane lane, CommitTimer timer) {
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

    /** Returns whether to hold this batch, which it keeps then; sees to it that the timer runs. Only the owner calls it. */
    boolean prepare(Batch open) {
        if (open.callers() >= expected || over || isLate()) {
            return false;
        }
        callers = open.callers();
        if (batch != null) {
            return true;
        }
        callersBefore = callers;
        if (startTimer()) {
            batch = open;
            return true;
        }
        return false;
    }

    private boolean isLate() {
        return timer.now() - deadline >= 0;
    }

    private boolean startTimer() {
        return timer.start(this, Math.min(timer.patience().toNanos(), deadline - timer.now()));
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
        // First this: an owner that is about to hold a batch looks here afterwards.
        over = true;
        lane.release(last);
    }
}
