package io.containerstatus.benchmarks;

import static io.containerstatus.benchmarks.report.Target.atMost;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Chart.Line;
import io.containerstatus.benchmarks.report.Chart.Point;
import io.containerstatus.benchmarks.report.Profile;
import io.containerstatus.benchmarks.report.Rounds;
import io.containerstatus.benchmarks.report.Target;
import io.containerstatus.reactive.StatusStore;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.management.JMException;
import reactor.core.publisher.Mono;

/**
 * The memory of an open, unused container, apart from its Status: its lane, its commit, its entries in the
 * store, in the report and in the memory of the files, and the 64 characters of its id.
 */
final class HeapGroup implements Group {
    private static final int LARGEST_ON_FILES = 100_000;
    private static final int LIMIT = 300;

    private final List<Point> onFiles = new ArrayList<>();
    private final List<Point> inMemory = new ArrayList<>();

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public void measure(Run run) throws Exception {
        // Loads classes, starts threads and fills caches before anything counts.
        weighInMemory(run, 1);
        for (int containers : run.plan().open()) {
            double bytes = weighInMemory(run, containers);
            inMemory.add(new Point(containers, bytes));
            if (containers <= LARGEST_ON_FILES) {
                onFiles.add(new Point(containers, weighOnFiles(run, containers)));
            }
        }
        run.chart(new Chart(
                name(),
                "heap",
                "An idle open container beyond its Status",
                "containers",
                "bytes a container",
                List.of(new Line("on files", onFiles), new Line("on a back end in memory", inMemory))));
    }

    /** Measures containers whose statuses belong to the caller, so that only the memory of the store is added. */
    private double weighInMemory(Run run, int containers) throws JMException {
        Status[] statuses = new Status[containers];
        for (int i = 0; i < containers; i++) {
            statuses[i] = Samples.STORED.toBuilder().pid(i).build();
        }
        HeapUse before = HeapUse.now();
        HeapUse open = whileOpen(
                StatusStore.builder(new HeldStatuses(containers, number -> statuses[number]))
                        .open(),
                statuses);
        double bytes = open.moreThan(before, containers);
        if (containers > 1) {
            run.measured(name(), "in memory, " + containers + " containers", "bytes", Rounds.of(bytes));
        }
        return bytes;
    }

    /**
     * Measures containers on files, and subtracts the memory of equal statuses that are decoded from the same bytes.
     */
    private double weighOnFiles(Run run, int containers) throws Exception {
        var root = StatusTree.fill(run.newFolder("root"), containers);
        byte[] document = StatusCodec.encode(Samples.STORED);
        HeapUse before = HeapUse.now();
        Status[] statuses = new Status[containers];
        for (int i = 0; i < containers; i++) {
            statuses[i] = StatusCodec.decode(document);
        }
        HeapUse decoded = HeapUse.now();
        HeapUse open = whileOpen(StatusStore.open(root), statuses);
        // The array of references is not part of a Status.
        double status = decoded.moreThan(before, containers) - Integer.BYTES;
        double bytes = open.moreThan(decoded, containers) - status;
        run.measured(name(), "on files, " + containers + " containers", "bytes", Rounds.of(bytes));
        run.measured(name(), "a Status, of " + containers, "bytes", Rounds.of(status));
        if (containers == Math.min(LARGEST_ON_FILES, largest(run))) {
            Target target = atMost(
                    name(),
                    "heap",
                    "heap of an idle open container beyond its Status, " + containers + " on files, ids of 64",
                    "",
                    LIMIT,
                    "bytes",
                    Rounds.of(bytes));
            run.counted(
                    target,
                    new Profile(
                            name(),
                            target.key(),
                            List.of(open.growth("bytes a container, its Status included", decoded, containers))));
        }
        return bytes;
    }

    /** Returns the memory in use while the store is open and the statuses are referenced. */
    private static HeapUse whileOpen(Mono<StatusStore> opening, Status[] statuses) throws JMException {
        StatusStore store = Objects.requireNonNull(opening.block());
        try {
            return HeapUse.now();
        } finally {
            Reference.reachabilityFence(statuses);
            store.close().block();
        }
    }

    private static int largest(Run run) {
        List<Integer> open = run.plan().open();
        int largest = open.get(0);
        for (int containers : open) {
            largest = containers <= LARGEST_ON_FILES ? containers : largest;
        }
        return largest;
    }
}
