package io.containerstatus.benchmarks;

/** Measurements that belong together. Each group has notes with its name in the resources. */
interface Group {
    /** Returns the name, for the command line and the results. */
    String name();

    /** Measures, and reports the results to the run. */
    void measure(Run run) throws Exception;
}
