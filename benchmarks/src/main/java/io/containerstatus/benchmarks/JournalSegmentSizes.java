package io.containerstatus.benchmarks;

import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Chart.Line;
import io.containerstatus.benchmarks.report.Chart.Point;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The benefit of larger segments: fewer of them are begun, and more containers can be ahead of their files. */
final class JournalSegmentSizes {
    private static final double KIBIBYTE = 1024;

    private JournalSegmentSizes() {}

    static void measure(Run run) throws Exception {
        Plan.Journal plan = run.plan().journal();
        Map<Integer, StoreKeys> stores = new LinkedHashMap<>();
        try {
            for (int size : plan.segments()) {
                Path root = StatusTree.fill(run.newFolder("journaled"), plan.most());
                stores.put(
                        size,
                        new StoreKeys(StatusStore.builder(root).journaled(Duration.ofSeconds(1), size), plan.most()));
            }
            PageCache.writeBack();
            compare(run, stores);
        } finally {
            stores.values().forEach(StoreKeys::close);
        }
    }

    private static void compare(Run run, Map<Integer, StoreKeys> stores) throws Exception {
        List<Line> lines = new ArrayList<>();
        for (int containers :
                List.of(run.plan().journal().many(), run.plan().journal().most())) {
            List<Contender> contenders = new ArrayList<>();
            stores.forEach((size, store) -> contenders.add(JournalGroup.contender(
                    run, name(containers, size), store, time -> Callers.reactive(containers, time, store::update))));
            Comparison found =
                    Comparison.of(run, JournalGroup.NAME, run.plan().coldRecoveries(), "updates/s", contenders);
            lines.add(new Line(
                    containers + " containers",
                    stores.keySet().stream()
                            .map(size -> new Point(
                                    size / KIBIBYTE,
                                    found.of(name(containers, size)).median()))
                            .toList()));
        }
        run.chart(new Chart(
                JournalGroup.NAME,
                "journal-segments",
                "Durable updates, by the size of a segment",
                "KiB a segment",
                "updates a second",
                lines));
    }

    private static String name(int containers, int size) {
        return "journal, " + containers + " containers, segments of " + (int) (size / KIBIBYTE) + " KiB";
    }
}
