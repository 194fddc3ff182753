package io.containerstatus.reactive;

import java.time.Clock;

/**
 * The limits, threads, metrics and clocks that the lanes of one store share.
 *
 * @param laneThreads the threads that continue with a lane when a caller's thread must not. Update functions
 *     run on these threads. A subscriber runs on them only if its scheduler is {@code immediate()} or does
 *     not accept a task, see {@link SignalScheduler}
 */
record StoreContext(
        int maxBatch,
        int maxPendingUpdates,
        SignalScheduler signals,
        OwnThreads laneThreads,
        CommitTimer commitTimer,
        StatusMetrics metrics,
        Clock clock) {
    /** The work of a lane is short, but a subscriber of {@code immediate()} may block one of the threads. */
    static final int LANE_THREADS = 8;

    static final StatusMetrics NO_METRICS = new StatusMetrics() {};

    static int requirePositive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " " + value + " is less than 1");
        }
        return value;
    }
}
