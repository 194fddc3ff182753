package io.containerstatus.benchmarks;

import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Chart.Line;
import io.containerstatus.benchmarks.report.Chart.Point;
import io.containerstatus.benchmarks.report.Rounds;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the cost of an update changes with the number of containers, each with a caller: with a journal, and without.
 */
final class JournalGrowth {
    private final Run run;
    private final List<Point> journal = new ArrayList<>();
    private final List<Point> files = new ArrayList<>();

    private JournalGrowth(Run run) {
        this.run = run;
    }

    static void measure(Run run) throws Exception {
        JournalGrowth growth = new JournalGrowth(run);
        for (int containers : run.plan().journal().containers()) {
            growth.measure(containers);
        }
        run.chart(new Chart(
                JournalGroup.NAME,
                "journal-growth",
                "Durable updates, a reactive caller for each container",
                "containers",
                "updates a second",
                List.of(new Line("with a journal", growth.journal), new Line("files alone", growth.files))));
    }

    private void measure(int containers) throws Exception {
        String withJournal = "journal, " + containers + " containers, a reactive caller for each";
        String without = "files, " + containers + " containers, a reactive caller for each";
        int many = run.plan().journal().many();
        Path journaled = StatusTree.fill(run.newFolder("journaled"), containers);
        Path plain = StatusTree.fill(run.newFolder("files"), containers);
        PageCache.writeBack();
        try (StoreKeys store = JournalGroup.open(journaled, containers);
                StoreKeys onFiles = new StoreKeys(StatusStore.builder(plain), containers)) {
            Comparison found = Comparison.of(
                    run,
                    JournalGroup.NAME,
                    // Each container is updated at least once in a turn. For very many containers, this takes
                    // the files seconds.
                    containers <= many ? run.plan().rounds() : run.plan().coldRecoveries(),
                    "updates/s",
                    List.of(
                            JournalGroup.contender(
                                    run, withJournal, store, time -> Callers.reactive(containers, time, store::update)),
                            new Contender(
                                    without,
                                    () -> Callers.reactive(
                                            containers, run.plan().turn(), onFiles::update))));
            run.measured(
                    JournalGroup.NAME,
                    "journal, " + containers + " containers: files behind at the end of a turn",
                    "s",
                    new Rounds(store.takeSecondsBehind()));
            journal.add(new Point(containers, found.of(withJournal).median()));
            files.add(new Point(containers, found.of(without).median()));
            if (containers == many) {
                found.requireAtLeast("journal-many", withJournal, without, 40);
            }
        }
    }
}
