package io.containerstatus.benchmarks;

import static io.containerstatus.benchmarks.report.Target.atLeast;

import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Chart.Line;
import io.containerstatus.benchmarks.report.Chart.Point;
import io.containerstatus.benchmarks.report.Rounds;
import io.containerstatus.reactive.RecoveredContainer;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** How long a store takes to open, compared with reading and decoding the same files in a bare parallel loop. */
final class RecoveryGroup implements Group {
    private static final int MANY_THREADS = 64;
    private static final String STORE = "store";
    private static final String BARE_CORES = "bare loop, a thread a processor";
    private static final String BARE_MANY = "bare loop, 64 threads";

    private final Map<String, List<Point>> growth = new LinkedHashMap<>();

    @Override
    public String name() {
        return "recovery";
    }

    @Override
    public void measure(Run run) throws Exception {
        for (int containers : run.plan().recovered()) {
            Path root = StatusTree.fill(run.newFolder("root"), containers);
            List<Contender> warm = contenders(root, containers, /* cold= */ false);
            Interleaved found = Interleaved.run(run.plan().recoveries(), warm);
            note(run, found, containers, "warm");
            target(run, found, containers, warm.get(0));
            if (run.plan().cold() && PageCache.canBeDropped()) {
                List<Contender> cold = contenders(root, containers, /* cold= */ true);
                note(run, Interleaved.cold(run.plan().coldRecoveries(), cold), containers, "cold");
            }
        }
        List<Line> lines = new ArrayList<>();
        growth.forEach((line, points) -> lines.add(new Line(line, points)));
        run.chart(new Chart(name(), "recovery", "Opening a store", "containers", "seconds", lines));
    }

    private static List<Contender> contenders(Path root, int containers, boolean cold) {
        int processors = Runtime.getRuntime().availableProcessors();
        return List.of(
                new Contender(STORE, () -> open(root, containers, cold)),
                new Contender(BARE_CORES, () -> read(root, containers, processors, cold)),
                new Contender(BARE_MANY, () -> read(root, containers, MANY_THREADS, cold)));
    }

    /** Returns how many seconds the opening took. Closing the store does not count. */
    static double open(Path root, int containers, boolean cold) throws Exception {
        if (cold) {
            PageCache.drop();
        }
        return open(StatusStore.open(root), containers, /* fromJournal= */ 0);
    }

    /** Does the same for a root with this number of containers, some of which have a newer status in a journal. */
    static double open(Mono<StatusStore> opening, int containers, int fromJournal) {
        long began = System.nanoTime();
        StatusStore store = Objects.requireNonNull(opening.block());
        double seconds = (System.nanoTime() - began) / 1e9;
        int recovered = store.recovery().containers().size();
        int failed = store.recovery().failures().size();
        long journaled = store.recovery().containers().stream()
                .filter(container -> container instanceof RecoveredContainer.Recovered found && found.fromJournal())
                .count();
        store.close().block();
        if (recovered != containers || failed != 0 || journaled != fromJournal) {
            throw new IllegalStateException("recovered " + recovered + " of " + containers + ", failed " + failed
                    + ", from the journal " + journaled + " of " + fromJournal);
        }
        return seconds;
    }

    private static double read(Path root, int containers, int threads, boolean cold) throws Exception {
        if (cold) {
            PageCache.drop();
        }
        long began = System.nanoTime();
        int read = BareRecovery.run(root, threads);
        double seconds = (System.nanoTime() - began) / 1e9;
        if (read != containers) {
            throw new IllegalStateException("read " + read + " of " + containers);
        }
        return seconds;
    }

    private void note(Run run, Interleaved found, int containers, String temperature) {
        found.all().forEach((contender, seconds) -> {
            run.measured(name(), contender + ", " + containers + " containers, " + temperature, "s", seconds);
            growth.computeIfAbsent(contender + ", " + temperature, line -> new ArrayList<>())
                    .add(new Point(containers, seconds.median()));
        });
    }

    private void target(Run run, Interleaved found, int containers, Contender body) throws Exception {
        Rounds cores = found.of(BARE_CORES);
        Rounds many = found.of(BARE_MANY);
        Rounds best = cores.median() <= many.median() ? cores : many;
        run.target(
                atLeast(
                        name(),
                        "recovery-" + containers,
                        "recovery of " + containers + " containers, warm",
                        "reading and decoding in the faster bare parallel loop",
                        0.85,
                        best.dividedBy(found.of(STORE))),
                body.turn());
    }
}
