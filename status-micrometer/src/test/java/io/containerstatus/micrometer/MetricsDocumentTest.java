package io.containerstatus.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Checks that the tables of docs/metrics.md list exactly the registered meters. */
class MetricsDocumentTest {
    private static final Path DOCUMENT =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolveSibling("docs/metrics.md");

    @Test
    void everyMeterIsInTheTablesAndNoOther() throws IOException {
        List<String> documented = Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.startsWith("| `container.status."))
                .map(line -> line.split("\\|"))
                .map(cells -> String.join("|", cells[1].strip(), cells[2].strip(), cells[3].strip(), cells[4].strip()))
                .toList();

        assertThat(documented).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(registered());
    }

    /** Returns the first four cells of the row of each meter. */
    private static List<String> registered() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        StatusStore store = Objects.requireNonNull(
                StatusStore.builder(new InMemoryCheckpoints()).open().block());
        new MicrometerStatusMetrics(registry);
        MicrometerFollowerMetrics follower = new MicrometerFollowerMetrics(registry);
        MicrometerFleetMetrics fleet = new MicrometerFleetMetrics(registry);
        new StatusStoreMetrics(store).bindTo(registry);
        List<String> lines = registry.getMeters().stream()
                .collect(Collectors.groupingBy(meter -> meter.getId().getName(), TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(MetricsDocumentTest::line)
                .toList();
        store.close().block();
        follower.close();
        fleet.close();
        return lines;
    }

    private static String line(List<Meter> meters) {
        SortedMap<String, TreeSet<String>> tags = new TreeMap<>();
        for (Meter meter : meters) {
            for (Tag tag : meter.getId().getTags()) {
                tags.computeIfAbsent(tag.getKey(), key -> new TreeSet<>()).add(tag.getValue());
            }
        }
        Meter.Id id = meters.get(0).getId();
        return String.join(
                "|",
                "`" + id.getName() + "`",
                id.getType().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                tags.entrySet().stream()
                        .map(tag -> "`" + tag.getKey() + "`: " + String.join(", ", tag.getValue()))
                        .collect(Collectors.joining("; ")),
                id.getBaseUnit() == null ? "" : id.getBaseUnit());
    }
}
