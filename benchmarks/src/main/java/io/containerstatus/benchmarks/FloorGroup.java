package io.containerstatus.benchmarks;

import static io.containerstatus.benchmarks.report.Target.atLeast;

import io.containerstatus.StatusCodec;
import io.containerstatus.benchmarks.BareWrite.Calls;
import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Chart.Line;
import io.containerstatus.benchmarks.report.Chart.Point;
import io.containerstatus.benchmarks.report.Rounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** Compares synced updates with the bare system calls, and measures the gain of shared writes. */
final class FloorGroup implements Group {
    private static final int MANY = 64;
    private static final int[] SHARING = {1, 16, 64, 512};
    private static final byte[] DOCUMENT = StatusCodec.encode(Samples.STORED);

    /** How many updates shared a write, by contender and turn. */
    private final Map<String, List<Double>> shared = new LinkedHashMap<>();

    @Override
    public String name() {
        return "floor";
    }

    @Override
    public void measure(Run run) throws Exception {
        Path bare = run.newFolder("bare");
        try (StoreKeys store = new StoreKeys(run.newFolder("store"), MANY)) {
            List<Contender> contenders = contenders(run.plan().turn(), bare, store);
            Interleaved found = Interleaved.run(run.plan().rounds(), contenders);
            found.all().forEach((name, rounds) -> run.measured(name(), name, "updates/s", rounds));
            shared.forEach((name, each) -> run.measured(name(), name, "updates/write", new Rounds(each)));
            chart(run, found);
            targets(run, found, contenders);
        }
    }

    private List<Contender> contenders(Duration turn, Path bare, StoreKeys store) throws IOException {
        List<Contender> contenders = new ArrayList<>();
        for (int threads : new int[] {1, MANY}) {
            for (Calls calls : Calls.values()) {
                List<BareWrite> writes = writes(bare, calls);
                contenders.add(new Contender(
                        bare(calls, threads),
                        () -> Callers.threads(
                                threads,
                                turn,
                                caller -> () -> writes.get(caller).write(DOCUMENT))));
            }
            contenders.add(new Contender(
                    apart(threads), () -> Callers.threads(threads, turn, caller -> store.blocking(caller))));
            contenders.add(new Contender(
                    apartReactive(threads), () -> Callers.reactive(threads, turn, caller -> store.update(caller))));
        }
        for (int callers : SHARING) {
            contenders.add(
                    sharing(sharing(callers), store, () -> Callers.reactive(callers, turn, caller -> store.update(0))));
            contenders.add(sharing(
                    sharingThreads(callers), store, () -> Callers.threads(callers, turn, caller -> store.blocking(0))));
        }
        return contenders;
    }

    private Contender sharing(String name, StoreKeys store, Contender.Turn turn) {
        return new Contender(name, () -> {
            store.takeUpdatesPerWrite();
            double perSecond = turn.take();
            shared.computeIfAbsent(name, key -> new ArrayList<>()).add(store.takeUpdatesPerWrite());
            return perSecond;
        });
    }

    private static List<BareWrite> writes(Path bare, Calls calls) throws IOException {
        List<BareWrite> writes = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Path folder = bare.resolve(calls + "-" + i);
            Files.createDirectories(folder);
            writes.add(new BareWrite(folder, calls));
        }
        return writes;
    }

    private static String bare(Calls calls, int threads) {
        return "bare loop, " + calls.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ", " + threads + " threads";
    }

    private static String apart(int containers) {
        return "updateSync, " + containers + " containers, a thread each";
    }

    private static String apartReactive(int containers) {
        return "updateSync, " + containers + " containers, a reactive caller each";
    }

    private static String sharing(int callers) {
        return "updateSync, 1 container, " + callers + " reactive callers";
    }

    private static String sharingThreads(int callers) {
        return "updateSync, 1 container, " + callers + " threads";
    }

    private void targets(Run run, Interleaved found, List<Contender> contenders) throws Exception {
        floor(run, found, contenders, 1, 0.95);
        floor(run, found, contenders, MANY, 0.9);
        for (Map.Entry<Integer, Integer> goal : List.of(Map.entry(64, 40), Map.entry(512, 100))) {
            int callers = goal.getKey();
            String key = "sharing-" + callers;
            Rounds reactive = found.of(sharing(callers)).dividedBy(found.of(sharing(1)));
            target(run, key, sharing(callers), "one such caller", goal.getValue(), reactive, contenders);
            Rounds threads = found.of(sharingThreads(callers)).dividedBy(found.of(sharingThreads(1)));
            target(run, key + "-threads", sharingThreads(callers), "one thread", goal.getValue(), threads, contenders);
        }
    }

    private void floor(Run run, Interleaved found, List<Contender> contenders, int threads, double limit)
            throws Exception {
        Rounds channel = found.of(bare(Calls.FILE_CHANNEL, threads));
        Rounds asynchronous = found.of(bare(Calls.ASYNCHRONOUS, threads));
        Rounds best = channel.median() >= asynchronous.median() ? channel : asynchronous;
        String against = "the faster bare loop, " + threads + " threads";
        for (String what : List.of(apart(threads), apartReactive(threads))) {
            String key = "floor-" + threads + (what.equals(apart(threads)) ? "" : "-reactive");
            target(run, key, what, against, limit, found.of(what).dividedBy(best), contenders);
        }
    }

    private void target(
            Run run, String key, String what, String against, double limit, Rounds ratios, List<Contender> contenders)
            throws Exception {
        Contender body = contenders.stream()
                .filter(contender -> contender.name().equals(what))
                .findFirst()
                .orElseThrow();
        run.target(atLeast(name(), key, what, against, limit, ratios), body.turn());
    }

    private void chart(Run run, Interleaved found) {
        List<Line> lines = List.of(
                new Line(
                        "reactive callers",
                        IntStream.of(SHARING)
                                .mapToObj(callers -> new Point(
                                        callers, found.of(sharing(callers)).median()))
                                .toList()),
                new Line(
                        "threads that block",
                        IntStream.of(SHARING)
                                .mapToObj(callers -> new Point(
                                        callers,
                                        found.of(sharingThreads(callers)).median()))
                                .toList()),
                new Line(
                        "bare loop, a write each",
                        IntStream.of(1, MANY)
                                .mapToObj(threads -> new Point(
                                        threads,
                                        found.of(bare(Calls.FILE_CHANNEL, threads))
                                                .median()))
                                .toList()));
        run.chart(new Chart(
                name(), "group-commit", "Synced updates of one container", "callers", "updates a second", lines));
    }
}
