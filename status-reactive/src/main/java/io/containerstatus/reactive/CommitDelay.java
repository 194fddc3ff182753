package io.containerstatus.reactive;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Group commit with a delay. If a write served several callers, the next batch waits a moment for as many
 * callers to come back. Without the delay, the first of them would get a write of its own, and all others
 * would have to wait for that write, too. With 64 callers of one container, each of which updates again as
 * soon as it has its result, 63 updates share a write instead of 32.
 *
 * <p>While a batch is delayed, no thread owns the lane. The thread of each arriving operation becomes the
 * owner, and writes the batch if it has as many callers as the previous write served. If no more callers
 * come, the timer has the batch written.
 */
final class CommitDelay implements Runnable {
    /** The longest delay. Callers that come back do so within this time, however slow the disk is. */
    private static final Duration LONGEST = Duration.ofMillis(5);

    private final ContainerLane lane;
    private final CommitTimer timer;
    /** How many callers the previous write served. */
    private final int expected;

    private final long deadline;
    /**
     * The run that writes the batch when the delay is over. Allocated here, because there may be no memory
     * left then.
     */
    private final LaneRun last = LaneRun.ofTimer();

    private volatile boolean over;
    /** The delayed batch; null until there is one. Used by the owner of the lane only. */
    private @Nullable Batch batch;
    /** How many callers the batch has. */
    private volatile int callers;
    /** How many callers the batch had when the timer was last started. */
    private int callersBefore;

    private CommitDelay(ContainerLane lane, CommitTimer timer, int expected, long deadline) {
        this.lane = lane;
        this.timer = timer;
        this.expected = expected;
        this.deadline = deadline;
    }

    /**
     * Returns the delay that follows this step. Null if the step served fewer than two callers, failed, or
     * took less time than the timer waits for one operation.
     */
    static @Nullable CommitDelay after(DurableStep step, ContainerLane lane, CommitTimer timer) {
        int served = step.batch().callers();
        Duration elapsed = step.elapsed();
        if (served < 2 || step.failure() != null || elapsed.compareTo(timer.patience()) < 0) {
            return null;
        }
        Duration longest = elapsed.compareTo(LONGEST) < 0 ? elapsed : LONGEST;
        return new CommitDelay(lane, timer, served, timer.now() + longest.toNanos());
    }

    /** Returns the batch that was delayed last; null if there was none. Only the owner of the lane calls this. */
    @Nullable
    Batch batch() {
        return batch;
    }

    /**
     * Returns whether to delay this batch. If so, keeps the batch, and starts the timer unless it runs
     * already. Only the owner of the lane calls this.
     */
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

    /** Returns whether the timer has ended the delay, and so will not run again. */
    boolean isOver() {
        return over;
    }

    /**
     * Has the batch written. If callers have joined since the timer was last started, starts the timer again
     * instead, until the deadline.
     */
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
        // Set before the release: an owner that is about to delay a batch reads this after it has left the lane.
        over = true;
        lane.release(last);
    }
}
