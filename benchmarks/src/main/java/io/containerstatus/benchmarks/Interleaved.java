package io.containerstatus.benchmarks;

import io.containerstatus.benchmarks.report.Rounds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Lets contenders take turns, A B C, C B A, A B C, …, after one turn of each that does not count. So if the
 * machine is slow for a while, this slows all of them, and the order gives none an advantage.
 */
final class Interleaved {
    private final Map<String, Rounds> rounds;

    private Interleaved(Map<String, Rounds> rounds) {
        this.rounds = rounds;
    }

    static Interleaved run(int rounds, List<Contender> contenders) throws Exception {
        for (Contender contender : contenders) {
            contender.turn().take();
        }
        return cold(rounds, contenders);
    }

    /**
     * Does the same as {@link #run}, without the turns that do not count. For contenders that warm up by themselves.
     */
    static Interleaved cold(int rounds, List<Contender> contenders) throws Exception {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        contenders.forEach(contender -> values.put(contender.name(), new ArrayList<>()));
        List<Contender> order = new ArrayList<>(contenders);
        for (int round = 0; round < rounds; round++) {
            for (Contender contender : order) {
                Objects.requireNonNull(values.get(contender.name()))
                        .add(contender.turn().take());
            }
            Collections.reverse(order);
        }
        Map<String, Rounds> results = new LinkedHashMap<>();
        values.forEach((name, each) -> results.put(name, new Rounds(each)));
        return new Interleaved(results);
    }

    /** Returns the results of the contender, round by round. */
    Rounds of(String name) {
        Rounds found = rounds.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no contender \"" + name + "\" among " + rounds.keySet());
        }
        return found;
    }

    Map<String, Rounds> all() {
        return rounds;
    }
}
