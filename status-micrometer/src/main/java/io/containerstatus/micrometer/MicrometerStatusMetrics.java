package io.containerstatus.micrometer;

import io.containerstatus.StatusException;
import io.containerstatus.reactive.OperationKind;
import io.containerstatus.reactive.StatusMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Records the metrics of a store in meters of a registry. {@code docs/metrics.md} lists the meters. The constructor
 * registers all of them, so each meter exists and is zero before the first operation, and no operation looks up a
 * meter. This class is threadsafe.
 *
 * <pre>{@code
 * StatusStore.builder(root).metrics(new MicrometerStatusMetrics(registry)).open(); }</pre>
 *
 * @see StatusStoreMetrics
 */
public final class MicrometerStatusMetrics implements StatusMetrics, AutoCloseable {
    private static final String STREAM = "stream";

    private final OwnMeters meters;
    private final Map<OperationKind, Steps> steps = new EnumMap<>(OperationKind.class);
    private final Counter commits;
    private final Counter refused;
    private final DistributionSummary lagOfContainer;
    private final DistributionSummary lagOfStore;

    /** The meters of the durable steps of one kind. */
    private record Steps(Map<WriteOutcome, Timer> writes, Timer waits, DistributionSummary operations) {}

    /** Registers the meters, without additional tags. */
    public MicrometerStatusMetrics(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /**
     * Registers the meters.
     *
     * @param tags the tags of all meters, which distinguish this store from others on the same registry
     */
    public MicrometerStatusMetrics(MeterRegistry registry, Iterable<Tag> tags) {
        meters = new OwnMeters(Objects.requireNonNull(registry, "registry"), tags);
        for (OperationKind kind : OperationKind.values()) {
            steps.put(kind, stepsOf(OwnMeters.tag("kind", kind)));
        }
        commits = meters.counter("container.status.commits", "changes", Tags.empty(), "Changes committed to memory");
        refused = meters.counter(
                "container.status.refused",
                "operations",
                Tags.empty(),
                "Operations refused because too many of their container were pending");
        lagOfContainer = lag("container");
        lagOfStore = lag("store");
    }

    private Steps stepsOf(Tags kind) {
        Map<WriteOutcome, Timer> writes = new EnumMap<>(WriteOutcome.class);
        for (WriteOutcome outcome : WriteOutcome.values()) {
            writes.put(
                    outcome,
                    meters.timer(
                            "container.status.writes",
                            kind.and(OwnMeters.tag("outcome", outcome)),
                            "Durable steps, including the wait for the disk"));
        }
        return new Steps(
                writes,
                meters.timer(
                        "container.status.writes.wait",
                        kind,
                        "Time from an operation's subscription to the start of its durable step; of those that share"
                                + " a step, the first one's"),
                meters.summary(
                        "container.status.writes.operations",
                        "operations",
                        kind,
                        "Operations that shared a durable step"));
    }

    private DistributionSummary lag(String stream) {
        return meters.summary(
                "container.status.lag",
                "changes",
                Tags.of(STREAM, stream),
                "Changes missed by each subscriber whose stream failed because it lagged");
    }

    @Override
    public void recordWrite(
            String id,
            OperationKind kind,
            int operations,
            Duration waited,
            Duration elapsed,
            @Nullable StatusException failure) {
        Steps own = Objects.requireNonNull(steps.get(kind));
        Objects.requireNonNull(own.writes.get(WriteOutcome.of(failure))).record(elapsed);
        own.waits.record(waited);
        own.operations.record(operations);
    }

    @Override
    public void recordCommit(String id) {
        commits.increment();
    }

    @Override
    public void recordRefused(String id) {
        refused.increment();
    }

    @Override
    public void recordLag(@Nullable String id, long missed) {
        (id == null ? lagOfStore : lagOfContainer).record((double) missed);
    }

    /**
     * Removes the meters from the registry. Meters that other recorders share stay until the last recorder is closed.
     * Later records are not visible in a removed meter. Another call has no effect.
     */
    @Override
    public void close() {
        meters.close();
    }
}
