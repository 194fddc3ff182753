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
 * Gauges of the current state of a store: its health, its backlog, and its number of containers in each state.
 * {@code docs/metrics.md} lists the gauges. This class is threadsafe.
 *
 * <pre>{@code
 * new StatusStoreMetrics(store).bindTo(registry); }</pre>
 *
 * <p>The gauges of a registry share one sample of the store, which is renewed at most once a second. To take a
 * sample, all containers are visited, on the thread that reads a gauge. The registry does not prevent the garbage
 * collection of the store; after that, the gauges are NaN.
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
                    "Containers whose last durable step has an uncertain outcome",
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

    /** Creates a binder whose gauges have no additional tags. */
    public StatusStoreMetrics(StatusStore store) {
        this(store, Tags.empty());
    }

    /**
     * Creates a binder.
     *
     * @param tags the tags of all gauges, which distinguish this store from others on the same registry
     */
    public StatusStoreMetrics(StatusStore store, Iterable<Tag> tags) {
        this.store = Objects.requireNonNull(store, "store");
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        OwnMeters meters = new OwnMeters(registry, tags);
        bound.add(meters);
        // The registry holds the functions below. So they must not refer to the store or to this binder.
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
                from -> latest.of(from).health().backlog().oldestAge().toNanos());
    }

    /**
     * Removes the gauges from every registry that they were bound to, except those that another store has bound
     * first. Usually called before the store is closed. Another call has no effect.
     */
    @Override
    public void close() {
        for (OwnMeters meters = bound.poll(); meters != null; meters = bound.poll()) {
            meters.close();
        }
    }
}
