package io.containerstatus.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Registers meters with common tags, and removes exactly these. Threadsafe. */
final class OwnMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final Tags common;
    private final Queue<Meter> registered = new ConcurrentLinkedQueue<>();

    OwnMeters(MeterRegistry registry, Iterable<Tag> common) {
        this.registry = registry;
        this.common = Tags.of(common);
    }

    /** Returns a tag whose value is the constant's name in lower case. */
    static Tags tag(String key, Enum<?> value) {
        return Tags.of(key, value.name().toLowerCase(Locale.ROOT));
    }

    Timer timer(String name, Iterable<Tag> tags, String description) {
        return own(Timer.builder(name)
                .tags(common.and(tags))
                .description(description)
                .register(registry));
    }

    Counter counter(String name, String unit, Iterable<Tag> tags, String description) {
        return own(Counter.builder(name)
                .baseUnit(unit)
                .tags(common.and(tags))
                .description(description)
                .register(registry));
    }

    DistributionSummary summary(String name, String unit, Iterable<Tag> tags, String description) {
        return own(DistributionSummary.builder(name)
                .baseUnit(unit)
                .tags(common.and(tags))
                .description(description)
                .register(registry));
    }

    /** Registers a gauge that does not keep its source from being collected, if the value does not lead to it. */
    <T> void gauge(
            String name, String unit, Iterable<Tag> tags, String description, T source, ToDoubleFunction<T> value) {
        own(Gauge.builder(name, source, value)
                .baseUnit(unit.isEmpty() ? null : unit)
                .tags(common.and(tags))
                .description(description)
                .register(registry));
    }

    /** As {@link #gauge}, for a time in nanoseconds. */
    <T> void timeGauge(String name, String description, T source, ToDoubleFunction<T> nanos) {
        own(TimeGauge.builder(name, source, TimeUnit.NANOSECONDS, nanos)
                .tags(common)
                .description(description)
                .register(registry));
    }

    private <M extends Meter> M own(M meter) {
        registered.add(meter);
        return meter;
    }

    @Override
    public void close() {
        for (Meter meter = registered.poll(); meter != null; meter = registered.poll()) {
            registry.remove(meter);
        }
    }
}
