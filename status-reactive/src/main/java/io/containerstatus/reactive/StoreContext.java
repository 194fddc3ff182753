package io.containerstatus.reactive;

import java.time.Clock;

/**
 * What the lanes of one store share: bounds, threads, metrics, time.
 *
 * @param laneThreads go on with a lane where a caller's thread must not. Update functions run there. A subscriber does
 *     only if its scheduler is {@code immediate()} or takes no work, see {@link SignalScheduler}
 */
record StoreContext(
        int maxBatch,
        int maxPendingUpdates,
        SignalScheduler signals,
        OwnThreads laneThreads,
        CommitTimer commitTimer,
        StatusMetrics metrics,
        Clock clock) {
    /** What lanes have to do there is short, but a subscriber of {@code immediate()} may hold one of the threads up. */
    static final int LANE_THREADS = 8;

    static final StatusMetrics NO_METRICS = new StatusMetrics() {};

    static int requirePositive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " " + value + " is less than 1");
        }
        return value;
    }
}
