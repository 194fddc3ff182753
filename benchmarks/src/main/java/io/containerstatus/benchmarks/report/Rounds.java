package io.containerstatus.benchmarks.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;

/**
 * One number from each round of a run, in the order of the rounds.
 *
 * @param values at least one value; each is finite
 */
public record Rounds(List<Double> values) {

    /** Copies the values. */
    public Rounds {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no rounds");
        }
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("the value of a round is " + value);
            }
        }
    }

    /** Returns a value that was measured once. */
    public static Rounds of(double value) {
        return new Rounds(List.of(value));
    }

    /** Returns this divided by the other, round by round. Only rounds that ran side by side are compared. */
    public Rounds dividedBy(Rounds other) {
        return pairwise(other, (a, b) -> a / b);
    }

    /** Returns this minus the other, round by round. */
    public Rounds minus(Rounds other) {
        return pairwise(other, (a, b) -> a - b);
    }

    private Rounds pairwise(Rounds other, Pair pair) {
        if (values.size() != other.values.size()) {
            throw new IllegalArgumentException(values.size() + " rounds against " + other.values.size());
        }
        List<Double> results = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            results.add(pair.of(values.get(i), other.values.get(i)));
        }
        return new Rounds(results);
    }

    private interface Pair {
        double of(double a, double b);
    }

    /** Returns the value in the middle; for an even number of rounds, the mean of the two in the middle. */
    @JsonProperty("median")
    public double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Returns the least value. */
    @JsonProperty("min")
    public double min() {
        return values.stream().mapToDouble(value -> value).min().orElseThrow();
    }

    /** Returns the greatest value. */
    @JsonProperty("max")
    public double max() {
        return values.stream().mapToDouble(value -> value).max().orElseThrow();
    }
}
