package io.containerstatus.benchmarks;

import static io.containerstatus.benchmarks.report.Target.atLeast;

import io.containerstatus.benchmarks.report.Rounds;
import java.util.List;

/** Contenders of one group that took turns, each with a speed, and the required ratios of the speeds. */
final class Comparison {
    private final Run run;
    private final String group;
    private final List<Contender> contenders;
    private final Interleaved found;

    private Comparison(Run run, String group, List<Contender> contenders, Interleaved found) {
        this.run = run;
        this.group = group;
        this.contenders = contenders;
        this.found = found;
    }

    /** Lets them take turns for this number of rounds, and records the results, in this unit. */
    static Comparison of(Run run, String group, int rounds, String unit, List<Contender> contenders) throws Exception {
        Interleaved found = Interleaved.run(rounds, contenders);
        found.all().forEach((name, values) -> run.measured(group, name, unit, values));
        return new Comparison(run, group, contenders, found);
    }

    /** Records the target that one contender is at least this many times as fast as another one. */
    void requireAtLeast(String key, String what, String against, double limit) throws Exception {
        Contender body = contenders.stream()
                .filter(contender -> contender.name().equals(what))
                .findFirst()
                .orElseThrow();
        run.target(atLeast(group, key, what, against, limit, of(what).dividedBy(of(against))), body.turn());
    }

    /** Returns the results of the contender. */
    Rounds of(String name) {
        return found.of(name);
    }
}
