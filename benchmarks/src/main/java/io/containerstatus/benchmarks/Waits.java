package io.containerstatus.benchmarks;

import org.HdrHistogram.Histogram;

/** How long one caller waits, each time that it calls. */
final class Waits {
    /** How many other containers are busy meanwhile, where some are. */
    static final int OTHERS = 64;

    private Waits() {}

    /** Times so many operations one by one. */
    static void time(int times, Callers.Operation operation, Histogram into) throws Exception {
        for (int i = 0; i < times; i++) {
            long began = System.nanoTime();
            operation.perform();
            into.recordValue(System.nanoTime() - began);
        }
    }

    /** Times so many updates of the first container, while 64 other callers update a container each without a pause. */
    static void timeBesideOthers(int times, StoreKeys store, Histogram into) throws Exception {
        Others others = new Others(OTHERS, caller -> store.update(caller + 1));
        try {
            time(times, store.blocking(0), into);
        } finally {
            others.end();
        }
    }
}
