package io.containerstatus.benchmarks;

import org.HdrHistogram.Histogram;

/** How long one caller waits for each of its calls. */
final class Waits {
    /** How many other containers are busy meanwhile, in the measurements with others. */
    static final int OTHERS = 64;

    private Waits() {}

    /** Times this number of operations, one by one. */
    static void time(int times, Callers.Operation operation, Histogram into) throws Exception {
        for (int i = 0; i < times; i++) {
            long began = System.nanoTime();
            operation.perform();
            into.recordValue(System.nanoTime() - began);
        }
    }

    /**
     * Times this number of updates of the first container, while 64 other callers each update another
     * container without a pause.
     */
    static void timeBesideOthers(int times, StoreKeys store, Histogram into) throws Exception {
        Others others = new Others(OTHERS, caller -> store.update(caller + 1));
        try {
            time(times, store.blocking(0), into);
        } finally {
            others.end();
        }
    }
}
