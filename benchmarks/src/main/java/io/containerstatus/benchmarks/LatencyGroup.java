package io.containerstatus.benchmarks;

import io.containerstatus.StatusCodec;
import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Chart.Line;
import io.containerstatus.benchmarks.report.Chart.Point;
import io.containerstatus.benchmarks.report.Rounds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** How long one caller waits for its synced update, alone and beside 64 others, and a subscriber for the news. */
final class LatencyGroup implements Group {
    private static final double[] PERCENTILES = {50, 99, 99.9};
    private static final int OTHERS = 64;
    private static final double MICROSECOND = 1000;
    private static final byte[] DOCUMENT = StatusCodec.encode(Samples.STORED);

    private final Map<String, Histogram> times = new LinkedHashMap<>();

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public void measure(Run run) throws Exception {
        Path folder = Files.createDirectory(run.newFolder("bare").resolve("web-1"));
        BareWrite bare = new BareWrite(folder, BareWrite.Calls.FILE_CHANNEL);
        int updates = run.plan().latencies();
        try (StoreKeys store = new StoreKeys(run.newFolder("store"), OTHERS + 1);
                Announcements announcements = new Announcements()) {
            Callers.Operation update = store.blocking(0);
            Interleaved.run(
                    run.plan().rounds(),
                    List.of(
                            timed("bare loop alone", updates, () -> bare.write(DOCUMENT)),
                            timed("updateSync alone", updates, update),
                            beside("updateSync beside 64 containers", updates, update, store),
                            new Contender("commit to onNext", () -> {
                                announcements.await(updates, histogram("commit to onNext"));
                                return updates;
                            })));
        }
        report(run);
    }

    private Histogram histogram(String name) {
        return times.computeIfAbsent(name, key -> new Histogram(3));
    }

    private Contender timed(String name, int times, Callers.Operation operation) {
        return new Contender(name, () -> {
            Histogram histogram = histogram(name);
            for (int i = 0; i < times; i++) {
                long began = System.nanoTime();
                operation.perform();
                histogram.recordValue(System.nanoTime() - began);
            }
            return times;
        });
    }

    /** The same, while 64 other callers update a container each without a pause. */
    private Contender beside(String name, int times, Callers.Operation operation, StoreKeys store) {
        Contender alone = timed(name, times, operation);
        return new Contender(name, () -> {
            Others others = new Others(OTHERS, caller -> store.update(caller + 1));
            try {
                return alone.turn().take();
            } finally {
                others.end();
            }
        });
    }

    private void report(Run run) {
        List<Line> lines = new ArrayList<>();
        times.forEach((name, histogram) -> {
            List<Point> points = new ArrayList<>();
            for (double percentile : PERCENTILES) {
                double microseconds = histogram.getValueAtPercentile(percentile) / MICROSECOND;
                points.add(new Point(100 / (100 - percentile), microseconds));
                run.measured(
                        name(),
                        name + ", p" + (percentile == 99.9 ? "99.9" : (int) percentile),
                        "µs",
                        Rounds.of(microseconds));
            }
            lines.add(new Line(name, points));
        });
        run.chart(new Chart(
                name(),
                "latency",
                "How long one waits",
                "one in so many takes longer (2: p50, 100: p99, 1000: p99.9)",
                "µs",
                lines));
    }
}
