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

/**
 * How long one caller waits for its synced update, alone and beside 64 others, and how long a subscriber
 * waits for a change.
 */
final class LatencyGroup implements Group {
    private static final double[] PERCENTILES = {50, 99, 99.9};
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
        try (StoreKeys store = new StoreKeys(run.newFolder("store"), Waits.OTHERS + 1);
                Announcements announcements = new Announcements()) {
            Interleaved.run(
                    run.plan().rounds(),
                    List.of(
                            timed(
                                    "bare loop alone",
                                    updates,
                                    into -> Waits.time(updates, () -> bare.write(DOCUMENT), into)),
                            timed("updateSync alone", updates, into -> Waits.time(updates, store.blocking(0), into)),
                            timed(
                                    "updateSync beside 64 containers",
                                    updates,
                                    into -> Waits.timeBesideOthers(updates, store, into)),
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

    private Contender timed(String name, int times, Timing timing) {
        return new Contender(name, () -> {
            timing.record(histogram(name));
            return times;
        });
    }

    /** Records wait times. */
    @FunctionalInterface
    private interface Timing {
        void record(Histogram into) throws Exception;
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
