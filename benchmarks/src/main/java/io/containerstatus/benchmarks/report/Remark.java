package io.containerstatus.benchmarks.report;

/**
 * What a reader of one group has to know of this run, such as that something could not be measured.
 *
 * @param group the group of the run that it belongs to
 * @param text a sentence
 */
public record Remark(String group, String text) {}
