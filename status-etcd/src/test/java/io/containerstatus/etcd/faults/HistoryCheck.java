package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;

/**
 * The result of a checker.
 *
 * @param violations the violations, each a sentence
 * @param gaps the events that a watch has not reported
 * @param duplicates the events that it has reported twice
 */
record HistoryCheck(
        long acknowledged,
        long reads,
        long events,
        List<String> violations,
        List<String> gaps,
        List<String> duplicates) {
    static final HistoryCheck NONE = new HistoryCheck(0, 0, 0, List.of(), List.of(), List.of());

    HistoryCheck and(HistoryCheck other) {
        return new HistoryCheck(
                acknowledged + other.acknowledged,
                reads + other.reads,
                events + other.events,
                both(violations, other.violations),
                both(gaps, other.gaps),
                both(duplicates, other.duplicates));
    }

    private static List<String> both(List<String> one, List<String> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    void assertNothingWrong() {
        assertThat(violations).as("violations").isEmpty();
        assertThat(gaps).as("gaps").isEmpty();
        assertThat(duplicates).as("duplicates").isEmpty();
    }

    @Override
    public String toString() {
        String made = acknowledged + reads == 0 ? "" : acknowledged + " writes acknowledged, " + reads + " reads, ";
        return made + events + " events; " + violations.size() + " violations, " + gaps.size() + " gaps, "
                + duplicates.size() + " duplicates";
    }
}
