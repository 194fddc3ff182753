package io.containerstatus.benchmarks;

import static io.containerstatus.benchmarks.report.Target.atLeast;

import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Chart.Line;
import io.containerstatus.benchmarks.report.Chart.Point;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a store takes to open if half of its statuses are newer in the journal, compared with the same
 * statuses in files.
 */
final class JournalRecovery {
    private final Run run;
    private final List<Point> fromJournal = new ArrayList<>();
    private final List<Point> fromFiles = new ArrayList<>();

    private JournalRecovery(Run run) {
        this.run = run;
    }

    static void measure(Run run) throws Exception {
        JournalRecovery recovery = new JournalRecovery(run);
        for (int containers : run.plan().recovered()) {
            recovery.measure(containers);
        }
        run.chart(new Chart(
                JournalGroup.NAME,
                "journal-recovery",
                "Opening a store after a crash",
                "containers",
                "seconds",
                List.of(
                        new Line("half of them newer in the journal", recovery.fromJournal),
                        new Line("all from files", recovery.fromFiles))));
    }

    private void measure(int containers) throws Exception {
        int ahead = containers / 2;
        Path root = run.newFolder("root");
        CrashedJournal crashed = CrashedJournal.make(root, run.newFolder("saved"), containers, ahead);
        String journal = "recovery of " + containers + " containers, " + ahead + " of them newer in the journal";
        String files = "recovery of " + containers + " containers from files";
        Contender withJournal = new Contender(journal, () -> {
            crashed.crash();
            return RecoveryGroup.open(StatusStore.builder(root).journaled().open(), containers, ahead);
        });
        Contender without = new Contender(files, () -> {
            crashed.removeJournal();
            return RecoveryGroup.open(StatusStore.open(root), containers, /* fromJournal= */ 0);
        });
        // After each turn the files are updated, which takes seconds for very many.
        int rounds = containers <= run.plan().restarted()
                ? run.plan().recoveries()
                : run.plan().coldRecoveries();
        Interleaved found = Interleaved.run(rounds, List.of(withJournal, without));
        found.all().forEach((name, seconds) -> run.measured(JournalGroup.NAME, name, "s", seconds));
        fromJournal.add(new Point(containers, found.of(journal).median()));
        fromFiles.add(new Point(containers, found.of(files).median()));
        if (containers == run.plan().restarted()) {
            run.target(
                    atLeast(
                            JournalGroup.NAME,
                            "journal-recovery",
                            journal,
                            files,
                            0.8,
                            found.of(files).dividedBy(found.of(journal))),
                    withJournal.turn());
        }
    }
}
