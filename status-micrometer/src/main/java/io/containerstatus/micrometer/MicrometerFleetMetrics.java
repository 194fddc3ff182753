package io.containerstatus.micrometer;

import io.containerstatus.ContainerChange;
import io.containerstatus.StatusException;
import io.containerstatus.etcd.FleetChange;
import io.containerstatus.etcd.FleetMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Records the metrics of a fleet's follower in meters of a registry. {@code docs/metrics.md} lists the meters. The
 * constructor registers all of them. This class needs {@code status-etcd}: add it to your dependencies, because this
 * module does not bring it. This class is threadsafe.
 *
 * <pre>{@code
 * FleetFollower.builder(endpoints, "/status").metrics(new MicrometerFleetMetrics(registry)).build(); }</pre>
 */
public final class MicrometerFleetMetrics implements FleetMetrics, AutoCloseable {
    private static final String PREFIX = "container.status.fleet.";

    private final OwnMeters meters;
    private final Timer snapshots;
    private final DistributionSummary containers;
    private final Counter events;
    private final Counter interruptions;
    private final Map<ContainerChange.Kind, Counter> changes = new EnumMap<>(ContainerChange.Kind.class);
    private final Counter skipped;
    private final Timer delay;
    private final Map<BadStatus, Counter> bad = new EnumMap<>(BadStatus.class);
    private final Counter cancelled;
    private final Counter failed;

    /** Registers the meters, without additional tags. */
    public MicrometerFleetMetrics(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /**
     * Registers the meters.
     *
     * @param tags the tags of all meters, which distinguish this follower from others on the same registry
     */
    public MicrometerFleetMetrics(MeterRegistry registry, Iterable<Tag> tags) {
        meters = new OwnMeters(Objects.requireNonNull(registry, "registry"), tags);
        snapshots = meters.timer(PREFIX + "snapshots", Tags.empty(), "Snapshots of the whole fleet");
        containers = meters.summary(
                PREFIX + "containers", "containers", Tags.empty(), "Containers that a snapshot of the fleet found");
        events = meters.counter(PREFIX + "events", "events", Tags.empty(), "Events that came from etcd");
        interruptions = meters.counter(
                PREFIX + "interruptions",
                "failures",
                Tags.empty(),
                "Interruptions of the watch of etcd, and failed attempts to reconnect");
        for (ContainerChange.Kind kind : ContainerChange.Kind.values()) {
            changes.put(
                    kind,
                    meters.counter(PREFIX + "changes", "changes", OwnMeters.tag("kind", kind), "Changes emitted"));
        }
        skipped = meters.counter(
                PREFIX + "skipped", "writes", Tags.empty(), "Writes that were skipped in favour of a newer status");
        delay = meters.timer(
                PREFIX + "delay",
                Tags.empty(),
                "Time from the arrival of an event to the change that it led to, including the wait for demand");
        // etcd returns a document together with others. So it can be corrupt or of another version, but never
        // unreadable alone.
        for (BadStatus problem : List.of(BadStatus.CORRUPT, BadStatus.UNSUPPORTED_VERSION)) {
            bad.put(
                    problem,
                    meters.counter(
                            PREFIX + "bad",
                            "changes",
                            OwnMeters.tag("problem", problem),
                            "Changes of a status that cannot be used"));
        }
        cancelled = ends("cancelled");
        failed = ends("failed");
    }

    private Counter ends(String outcome) {
        return meters.counter(PREFIX + "ends", "streams", Tags.of("outcome", outcome), "Streams that ended");
    }

    @Override
    public void recordSnapshot(int found, Duration elapsed) {
        snapshots.record(elapsed);
        containers.record(found);
    }

    @Override
    public void recordEvents(int came) {
        events.increment(came);
    }

    @Override
    public void recordInterruption(String reason) {
        interruptions.increment();
    }

    @Override
    public void recordChange(FleetChange change, @Nullable Duration delayed) {
        Objects.requireNonNull(changes.get(change.kind())).increment();
        skipped.increment((double) change.skipped());
        if (delayed != null) {
            delay.record(delayed);
        }
    }

    @Override
    public void recordBadStatus(FleetChange change, StatusException failure) {
        Objects.requireNonNull(bad.get(BadStatus.of(failure))).increment();
    }

    @Override
    public void recordEnd(@Nullable Throwable failure) {
        (failure == null ? cancelled : failed).increment();
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
