package io.containerstatus.benchmarks;

import static io.containerstatus.benchmarks.report.Target.atMost;

import io.containerstatus.benchmarks.report.Rounds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * How long one caller waits for its synced update, alone and beside 64 busy containers: with a journal, and without.
 */
final class JournalWaits {
    private static final double MICROSECOND = 1000;
    private static final String ALONE = "a thread alone";
    private static final String BESIDE = "a thread beside 64 busy containers";
    private static final String JOURNAL = "journal, ";
    private static final String FILES = "files, ";

    /** The waits of each turn, by contender. */
    private final Map<String, List<Histogram>> times = new LinkedHashMap<>();

    private JournalWaits() {}

    static void measure(Run run) throws Exception {
        new JournalWaits().measureIn(run);
    }

    private void measureIn(Run run) throws Exception {
        int updates = run.plan().latencies();
        try (StoreKeys store = JournalGroup.open(run.newFolder("journaled"), Waits.OTHERS + 1);
                StoreKeys files = new StoreKeys(run.newFolder("files"), Waits.OTHERS + 1)) {
            List<Contender> contenders = List.of(
                    timed(JOURNAL + ALONE, store, into -> Waits.time(updates, store.blocking(0), into)),
                    timed(JOURNAL + BESIDE, store, into -> Waits.timeBesideOthers(updates, store, into)),
                    timed(FILES + ALONE, files, into -> Waits.time(updates, files.blocking(0), into)),
                    timed(FILES + BESIDE, files, into -> Waits.timeBesideOthers(updates, files, into)));
            Interleaved.cold(1, contenders);
            times.clear();
            Interleaved.cold(run.plan().rounds(), contenders);
        }
        times.keySet().forEach(name -> {
            for (double percentile : new double[] {50, 99}) {
                run.measured(JournalGroup.NAME, name + ", p" + (int) percentile, "µs", waits(name, percentile));
            }
        });
        target(run, 50, 0.08);
        target(run, 99, 0.15);
    }

    /** Records wait times. */
    @FunctionalInterface
    private interface Timing {
        void record(Histogram into) throws Exception;
    }

    private Contender timed(String name, StoreKeys store, Timing timing) {
        return new Contender(name, () -> {
            Histogram turn = new Histogram(3);
            timing.record(turn);
            store.settle();
            times.computeIfAbsent(name, key -> new ArrayList<>()).add(turn);
            return turn.getTotalCount();
        });
    }

    private Rounds waits(String name, double percentile) {
        return new Rounds(times.getOrDefault(name, List.of()).stream()
                .map(turn -> turn.getValueAtPercentile(percentile) / MICROSECOND)
                .toList());
    }

    private void target(Run run, int percentile, double limit) {
        run.target(atMost(
                JournalGroup.NAME,
                "journal-wait",
                JOURNAL + BESIDE + ": wait for an update, p" + percentile,
                FILES + BESIDE,
                limit,
                "",
                waits(JOURNAL + BESIDE, percentile).dividedBy(waits(FILES + BESIDE, percentile))));
    }
}
