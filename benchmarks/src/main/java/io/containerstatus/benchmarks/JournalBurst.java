package io.containerstatus.benchmarks;

import static io.containerstatus.benchmarks.report.Target.atMost;

import io.containerstatus.benchmarks.report.Rounds;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import reactor.core.publisher.Flux;

/** So many containers that the files need seconds for them. Each is updated twice in a row. */
final class JournalBurst {
    private static final int TWICE = 2;
    private static final int MORE = 8;
    /** So long that no file is written while the heap is measured. */
    private static final Duration LATER = Duration.ofHours(1);

    private static final int SEGMENT = 8 << 20;
    private static final int MOST_BYTES = 16;

    private final Run run;
    private final int containers;
    /** The updates per second until the files held them, for each turn. */
    private final List<Double> untilFilesFollowed = new ArrayList<>();

    private JournalBurst(Run run) {
        this.run = run;
        this.containers = run.plan().journal().most();
    }

    static void measure(Run run) throws Exception {
        JournalBurst burst = new JournalBurst(run);
        burst.compare();
        burst.weigh();
    }

    private void compare() throws Exception {
        String withJournal = "journal, " + containers + " containers, each updated twice";
        String without = "files, " + containers + " containers, each updated twice";
        Path journaled = StatusTree.fill(run.newFolder("journaled"), containers);
        Path plain = StatusTree.fill(run.newFolder("files"), containers);
        PageCache.writeBack();
        try (StoreKeys store = JournalGroup.open(journaled, containers);
                StoreKeys files = new StoreKeys(StatusStore.builder(plain), containers)) {
            Comparison found = Comparison.of(
                    run,
                    JournalGroup.NAME,
                    run.plan().rounds(),
                    "updates/s",
                    List.of(
                            new Contender(withJournal, () -> updateAndSettle(store)),
                            new Contender(without, () -> Callers.times(containers, TWICE, files::update))));
            // The first turn does not count.
            Rounds followed = new Rounds(untilFilesFollowed.subList(1, untilFilesFollowed.size()));
            run.measured(JournalGroup.NAME, withJournal + ", until the files hold the statuses", "updates/s", followed);
            run.measured(
                    JournalGroup.NAME,
                    withJournal + ", until the files hold the statuses",
                    "times the files' speed",
                    followed.dividedBy(found.of(without)));
            found.requireAtLeast("journal-burst", withJournal, without, 2);
        }
    }

    private double updateAndSettle(StoreKeys store) throws Exception {
        long began = System.nanoTime();
        double perSecond = Callers.times(containers, TWICE, store::update);
        store.settle();
        untilFilesFollowed.add(containers * TWICE * 1e9 / (System.nanoTime() - began));
        return perSecond;
    }

    /** Measures the memory that the journal uses for a container whose file is behind. */
    private void weigh() throws Exception {
        Path root = StatusTree.fill(run.newFolder("journaled"), containers);
        PageCache.writeBack();
        try (StoreKeys store = new StoreKeys(StatusStore.builder(root).journaled(LATER, SEGMENT), containers)) {
            // In memory only, so that each container already has a status from an update, as it will have later.
            Flux.range(0, containers)
                    .flatMap(number -> store.container(number).update(Samples::next))
                    .blockLast();
            HeapUse before = HeapUse.now();
            Callers.times(containers, TWICE, store::update);
            HeapUse twice = whileBehind(store);
            Callers.times(containers, MORE, store::update);
            HeapUse often = whileBehind(store);
            run.measured(
                    JournalGroup.NAME,
                    "heap of a container ahead of its file, beyond its Status, " + containers + " containers",
                    "bytes",
                    Rounds.of(often.moreThan(before, containers)));
            run.target(atMost(
                    JournalGroup.NAME,
                    "journal-heap",
                    "heap, " + containers + " containers ahead of their files, each updated " + (TWICE + MORE)
                            + " times",
                    "each updated " + TWICE + " times; the difference for each container",
                    MOST_BYTES,
                    "bytes",
                    Rounds.of(often.moreThan(twice, containers))));
        }
    }

    private HeapUse whileBehind(StoreKeys store) throws JMException {
        HeapUse use = HeapUse.now();
        if (store.behind() != containers) {
            throw new IllegalStateException(store.behind() + " of " + containers + " are ahead of their files");
        }
        return use;
    }
}
