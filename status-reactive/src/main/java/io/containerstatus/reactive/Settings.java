package io.containerstatus.reactive;

import java.time.Clock;

/** What the lanes of one store share: bounds, threads, metrics, time. */
record Settings(
        int maxBatch,
        int maxPendingUpdates,
        Signals signals,
        CommitTimer commitTimer,
        StatusMetrics metrics,
        Clock clock) {
    static final StatusMetrics NO_METRICS = new StatusMetrics() {};

    static int requirePositive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " " + value + " is less than 1");
        }
        return value;
    }
}
