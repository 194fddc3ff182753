package io.containerstatus.benchmarks;

import io.containerstatus.benchmarks.report.Rounds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Has contenders take turns, A B C, C B A, A B C, …, after a turn each that does not count: what slows the machine down
 * for a while slows all of them down, and who comes first has no advantage.
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

    /** As {@link #run}, without the turn that does not count: for contenders that warm up by themselves. */
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

    /** Returns what the contender's turns came to, round by round. */
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
