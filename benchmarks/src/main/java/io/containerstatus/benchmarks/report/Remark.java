package io.containerstatus.benchmarks.report;

/**
 * What a reader of one group must know about this run, for example that something could not be measured.
 *
 * @param group the group that the remark belongs to
 * @param text a sentence
 */
public record Remark(String group, String text) {}
