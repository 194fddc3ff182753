package io.containerstatus.benchmarks;

/**
 * One of those that are measured in turns.
 *
 * @param name its name in the results
 * @param turn takes one turn, and returns what is to be compared
 */
record Contender(String name, Turn turn) {

    /** One turn. */
    @FunctionalInterface
    interface Turn {
        double take() throws Exception;
    }
}
