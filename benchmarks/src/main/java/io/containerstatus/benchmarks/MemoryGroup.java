package io.containerstatus.benchmarks;

import static io.containerstatus.benchmarks.report.Target.atLeast;
import static io.containerstatus.benchmarks.report.Target.atMost;

import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Chart.Line;
import io.containerstatus.benchmarks.report.Chart.Point;
import io.containerstatus.benchmarks.report.Rounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What needs no disk: reading, updating in memory, and notifying subscribers. */
final class MemoryGroup implements Group {
    private static final int CALLS = 1000;
    private static final List<String> NUMBERS = List.of("1", "10", "1000");
    private static final List<String> KINDS = List.of("stalled", "active", "scheduled");

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void measure(Run run) throws Exception {
        Jmh jmh = new Jmh(run.plan())
                .add("current()", CurrentBenchmark.class, "current", Map.of())
                .add("volatile read", CurrentBenchmark.class, "volatileRead", Map.of())
                .add("fromCallable", StockBenchmark.class, "update", Map.of())
                .add("update, no subscriber", UpdateBenchmark.class, "update", watched("0", "stalled", "container"))
                .add(
                        "update to an existing Status object, no subscriber",
                        UpdateBenchmark.class,
                        "updateToReadyStatus",
                        watched("0", "stalled", "container"));
        for (String number : NUMBERS) {
            for (String kind : KINDS) {
                jmh.add(store(number, kind), UpdateBenchmark.class, "update", watched(number, kind, "container"));
            }
            jmh.add(storeWide(number), UpdateBenchmark.class, "update", watched(number, "active", "store"));
            stock(jmh, number, "stalled", "directBestEffort");
            stock(jmh, number, "active", "replayLatest");
            stock(jmh, number, "scheduled", "replayLatest");
        }
        jmh.run();
        jmh.report(run, name());
        chart(run, jmh);
        targets(run, jmh);
    }

    private static void stock(Jmh jmh, String number, String kind, String sink) {
        jmh.add(
                stock(number, kind),
                StockSinkBenchmark.class,
                "update",
                Map.of("subscribers", number, "kind", kind, "sink", sink));
    }

    private static Map<String, String> watched(String number, String kind, String scope) {
        return Map.of("subscribers", number, "kind", kind, "scope", scope);
    }

    private static String store(String number, String kind) {
        return "update, " + number + " " + kind;
    }

    private static String storeWide(String number) {
        return "update, " + number + " active of the store";
    }

    private static String stock(String number, String kind) {
        return (kind.equals("stalled") ? "directBestEffort, " : "replay().latest(), ") + number + " " + kind;
    }

    private void targets(Run run, Jmh jmh) throws Exception {
        Rounds current = jmh.nanoseconds("current()");
        run.target(
                atMost(
                        name(),
                        "current",
                        "current()",
                        "a volatile read, the difference",
                        2,
                        "ns",
                        current.minus(jmh.nanoseconds("volatile read"))),
                loop(new CurrentBenchmark()::current));
        run.target(
                atMost(name(), "current-bytes", "current(): allocated", "", 0.5, "bytes", jmh.bytes("current()")),
                loop(new CurrentBenchmark()::current));
        speed(
                run,
                jmh,
                "update",
                "Mono.fromCallable around an AtomicReference",
                0.6,
                "update, no subscriber",
                "fromCallable",
                null);
        for (String kind : KINDS) {
            String against = kind.equals("stalled")
                    ? "directBestEffort with 1000 subscribers"
                    : "replay().latest() and onBackpressureLatest()"
                            + (kind.equals("scheduled") ? " and publishOn" : "");
            double limit = kind.equals("stalled") ? 1 : 2;
            speed(run, jmh, "emit-" + kind, against, limit, store("1000", kind), stock("1000", kind), kind);
        }
    }

    private void speed(
            Run run, Jmh jmh, String key, String against, double limit, String own, String other, @Nullable String kind)
            throws Exception {
        Rounds speed = jmh.nanoseconds(other).dividedBy(jmh.nanoseconds(own));
        UpdateBenchmark body = new UpdateBenchmark();
        if (kind != null) {
            body.subscribers = 1000;
            body.kind = kind;
        }
        body.subscribe();
        run.target(
                atLeast(
                        name(),
                        key,
                        kind == null ? "update in memory, no subscriber" : own + " subscribers",
                        against,
                        limit,
                        speed),
                loop(body::update));
        body.close();
    }

    private static Contender.Turn loop(Body body) {
        return () -> {
            for (int i = 0; i < CALLS; i++) {
                body.call();
            }
            return CALLS;
        };
    }

    private interface Body {
        Object call();
    }

    private void chart(Run run, Jmh jmh) {
        List<Line> lines = new ArrayList<>();
        for (String kind : KINDS) {
            lines.add(line("store, " + kind, jmh, number -> store(number, kind)));
        }
        lines.add(line("store-wide, active", jmh, MemoryGroup::storeWide));
        lines.add(line("directBestEffort, stalled", jmh, number -> stock(number, "stalled")));
        lines.add(line("replay().latest(), active", jmh, number -> stock(number, "active")));
        lines.add(line("replay().latest(), scheduled", jmh, number -> stock(number, "scheduled")));
        run.chart(new Chart(
                name(), "fan-out", "An update in memory and its emission", "subscribers", "ns an update", lines));
    }

    private interface Naming {
        String of(String number);
    }

    private static Line line(String title, Jmh jmh, Naming naming) {
        return new Line(
                title,
                NUMBERS.stream()
                        .map(number -> new Point(
                                Double.parseDouble(number),
                                jmh.nanoseconds(naming.of(number)).median()))
                        .toList());
    }
}
