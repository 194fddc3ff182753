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
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Registers meters with common tags, and removes them again. Objects that register a meter of the same name and tags
 * on one registry share it, and the last of them removes it. But a gauge shows only the object that was first, so
 * that object removes it. This class is threadsafe.
 */
final class OwnMeters implements AutoCloseable {
    /** For each registry, how many objects use a meter. */
    private static final Map<MeterRegistry, Map<Meter.Id, Integer>> USES =
            Collections.synchronizedMap(new WeakHashMap<>());

    private final MeterRegistry registry;
    private final Tags common;
    /** The uses of the registry's meters. Guarded by itself, also while a meter is registered or removed. */
    private final Map<Meter.Id, Integer> uses;

    private final Queue<Meter.Id> used = new ConcurrentLinkedQueue<>();

    OwnMeters(MeterRegistry registry, Iterable<Tag> common) {
        this.registry = registry;
        this.common = Tags.of(common);
        uses = USES.computeIfAbsent(registry, first -> new HashMap<>());
    }

    /** Returns a tag. Its value is the name of the constant in lower case. */
    static Tags tag(String key, Enum<?> value) {
        return Tags.of(key, value.name().toLowerCase(Locale.ROOT));
    }

    Timer timer(String name, Iterable<Tag> tags, String description) {
        return share(() -> Timer.builder(name)
                .tags(common.and(tags))
                .description(description)
                .register(registry));
    }

    Counter counter(String name, String unit, Iterable<Tag> tags, String description) {
        return share(() -> Counter.builder(name)
                .baseUnit(unit)
                .tags(common.and(tags))
                .description(description)
                .register(registry));
    }

    DistributionSummary summary(String name, String unit, Iterable<Tag> tags, String description) {
        return share(() -> DistributionSummary.builder(name)
                .baseUnit(unit)
                .tags(common.and(tags))
                .description(description)
                .register(registry));
    }

    /**
     * Registers a gauge. If the value function does not refer to the source, the gauge does not prevent the
     * garbage collection of the source.
     */
    <T> void gauge(
            String name, String unit, Iterable<Tag> tags, String description, T source, ToDoubleFunction<T> value) {
        own(() -> Gauge.builder(name, source, value)
                .baseUnit(unit.isEmpty() ? null : unit)
                .tags(common.and(tags))
                .description(description)
                .register(registry));
    }

    /** Registers a gauge like {@link #gauge}, for a time in nanoseconds. */
    <T> void timeGauge(String name, String description, T source, ToDoubleFunction<T> nanos) {
        own(() -> TimeGauge.builder(name, source, TimeUnit.NANOSECONDS, nanos)
                .tags(common)
                .description(description)
                .register(registry));
    }

    /** Registers a meter, or uses the one that another object has registered. */
    private <M extends Meter> M share(Supplier<M> register) {
        synchronized (uses) {
            M meter = register.get();
            uses.merge(meter.getId(), 1, Integer::sum);
            used.add(meter.getId());
            return meter;
        }
    }

    /** Registers a gauge. If another object has registered the same one, that object keeps it. */
    private void own(Supplier<? extends Meter> register) {
        synchronized (uses) {
            Meter.Id gauge = register.get().getId();
            if (uses.putIfAbsent(gauge, 1) == null) {
                used.add(gauge);
            }
        }
    }

    @Override
    public void close() {
        for (Meter.Id meter = used.poll(); meter != null; meter = used.poll()) {
            synchronized (uses) {
                if (uses.computeIfPresent(meter, (id, users) -> users == 1 ? null : users - 1) == null) {
                    registry.remove(meter);
                }
            }
        }
    }
}
