package io.containerstatus.benchmarks.report;

/**
 * One thing that was measured, for orientation: an absolute value says little on another machine.
 *
 * @param group the group of the run that measured it
 * @param name what it is, unique in its group
 * @param unit what the values count, such as {@code "ns"}
 * @param rounds one value a round
 */
public record Measurement(String group, String name, String unit, Rounds rounds) {}
