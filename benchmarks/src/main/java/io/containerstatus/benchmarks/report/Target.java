package io.containerstatus.benchmarks.report;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One line of the table of targets.
 *
 * @param group the group that measured it
 * @param key the key of its paragraph in the group's notes
 * @param what what was measured
 * @param against what it was compared with, in the same rounds; empty for a limit without a comparison
 * @param bound whether the limit is the least or the greatest value that holds
 * @param limit the limit
 * @param unit the unit; empty for a ratio
 * @param rounds one ratio, difference or value for each round
 */
public record Target(
        String group, String key, String what, String against, Bound bound, double limit, String unit, Rounds rounds) {

    /** The side of the limit on which a target holds. */
    public enum Bound {
        /** The median must reach the limit. */
        AT_LEAST,
        /** The median must not exceed the limit. */
        AT_MOST
    }

    /** Returns a ratio that must reach the limit. */
    public static Target atLeast(String group, String key, String what, String against, double limit, Rounds rounds) {
        return new Target(group, key, what, against, Bound.AT_LEAST, limit, "", rounds);
    }

    /** Returns a value in this unit that must not exceed the limit. */
    public static Target atMost(
            String group, String key, String what, String against, double limit, String unit, Rounds rounds) {
        return new Target(group, key, what, against, Bound.AT_MOST, limit, unit, rounds);
    }

    /** Returns whether the median is on the right side of the limit. */
    @JsonProperty("holds")
    public boolean holds() {
        double median = rounds.median();
        return bound == Bound.AT_LEAST ? median >= limit : median <= limit;
    }
}
