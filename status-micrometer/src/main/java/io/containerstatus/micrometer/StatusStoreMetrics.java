package io.containerstatus.micrometer;

import io.containerstatus.ContainerState;
import io.containerstatus.reactive.StatusStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.ToDoubleFunction;

/**
 * Gauges of a store's present state: its health, its backlog, and how many containers it has. {@code docs/metrics.md}
 * lists them. Threadsafe.
 *
 * <pre>{@code
 * new StatusStoreMetrics(store).bindTo(registry);
 * }</pre>
 *
 * <p>A registry asks the store at most once a second, however many gauges are read, and looks at every container then.
 * It does not keep the store from being garbage collected; the gauges are NaN after that.
 *
 * @see MicrometerStatusMetrics
 */
public final class StatusStoreMetrics implements MeterBinder, AutoCloseable {
    private static final List<Measure> MEASURES = List.of(
            new Measure(
                    "writable",
                    "",
                    "Whether durable operations can be expected to succeed: 1 or 0",
                    sample -> sample.health().writable() ? 1 : 0),
            new Measure(
                    "uncertain",
                    "containers",
                    "Containers whose last durable step may have happened or not",
                    sample -> sample.health().uncertain().size()),
            new Measure(
                    "out.of.use",
                    "containers",
                    "Containers that are out of use until the store is opened again",
                    sample -> sample.health().outOfUse().size()),
            new Measure("pending", "operations", "Operations that wait for their turn", sample -> sample.health()
                    .pendingOperations()),
            new Measure("subscribers", "subscribers", "Subscriptions to changes, and waits", sample -> sample.health()
                    .subscribers()),
            new Measure("behind", "containers", "Containers whose file is behind the journal", sample -> sample.health()
                    .backlog()
                    .containers()));

    private final StatusStore store;
    private final Tags tags;
    private final Queue<OwnMeters> bound = new ConcurrentLinkedQueue<>();

    private record Measure(String name, String unit, String description, ToDoubleFunction<StoreSample> value) {}

    /** Creates a binder whose gauges have no tags of their own. */
    public StatusStoreMetrics(StatusStore store) {
        this(store, Tags.empty());
    }

    /**
     * Creates a binder.
     *
     * @param tags what tells this store from others on the same registry, for all of the gauges
     */
    public StatusStoreMetrics(StatusStore store, Iterable<Tag> tags) {
        this.store = Objects.requireNonNull(store, "store");
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        OwnMeters meters = new OwnMeters(registry, tags);
        bound.add(meters);
        // Nothing below may hold the store or this binder: the registry holds the functions.
        StoreSample.Latest latest = new StoreSample.Latest(registry.config().clock());
        for (ContainerState state : ContainerState.values()) {
            meters.gauge(
                    "container.status.containers",
                    "containers",
                    OwnMeters.tag("state", state),
                    "Containers",
                    store,
                    from -> latest.of(from).containers(state));
        }
        for (Measure measure : MEASURES) {
            ToDoubleFunction<StoreSample> value = measure.value;
            meters.gauge(
                    "container.status." + measure.name,
                    measure.unit,
                    Tags.empty(),
                    measure.description,
                    store,
                    from -> value.applyAsDouble(latest.of(from)));
        }
        meters.timeGauge(
                "container.status.behind.age",
                "Age of the oldest change in the journal that its file does not hold",
                store,
                from -> latest.of(from).health().backlog().oldest().toNanos());
    }

    /** Removes the gauges from every registry that they were bound to. Idempotent; as a rule before the store is closed. */
    @Override
    public void close() {
        for (OwnMeters meters = bound.poll(); meters != null; meters = bound.poll()) {
            meters.close();
        }
    }
}
