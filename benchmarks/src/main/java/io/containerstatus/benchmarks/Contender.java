package io.containerstatus.benchmarks;

/**
 * One of several contenders that are measured in turns.
 *
 * @param name its name in the results
 * @param turn takes one turn, and returns the value to compare
 */
record Contender(String name, Turn turn) {

    /** One turn. */
    @FunctionalInterface
    interface Turn {
        double take() throws Exception;
    }
}
