package io.containerstatus.benchmarks;

/** Measurements that belong together; each has notes of its name in the resources. */
interface Group {
    /** Returns the name, for the command line and the results. */
    String name();

    /** Measures, and tells the run what came of it. */
    void measure(Run run) throws Exception;
}
