package io.containerstatus.benchmarks.report;

/**
 * One measurement, for orientation: an absolute value says little about another machine.
 *
 * @param group the group that measured it
 * @param name what was measured; unique in its group
 * @param unit the unit of the values, such as {@code "ns"}
 * @param rounds one value for each round
 */
public record Measurement(String group, String name, String unit, Rounds rounds) {}
