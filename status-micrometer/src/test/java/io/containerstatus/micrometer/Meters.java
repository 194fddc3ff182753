package io.containerstatus.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Returns the contents of a registry as text. */
final class Meters {
    private Meters() {}

    /** Returns the counts of all timers, summaries and counters that are not zero, by name and tag values. */
    static Map<String, Long> counts(MeterRegistry registry) {
        Map<String, Long> counts = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            StreamSupport.stream(meter.measure().spliterator(), false)
                    .filter(measured -> measured.getStatistic() == Statistic.COUNT && measured.getValue() > 0)
                    .forEach(measured -> counts.put(text(meter.getId()), (long) measured.getValue()));
        }
        return counts;
    }

    private static String text(Meter.Id id) {
        String name = id.getName().replaceFirst("^container\\.status\\.", "");
        return id.getTags().isEmpty()
                ? name
                : id.getTags().stream().map(Tag::getValue).collect(Collectors.joining(" ", name + " ", ""));
    }
}
