package io.containerstatus.micrometer;

import io.containerstatus.ContainerChange;
import io.containerstatus.StatusException;
import io.containerstatus.fs.FollowedChange;
import io.containerstatus.fs.FollowerMetrics;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Records the metrics of a follower in meters of a registry. {@code docs/metrics.md} lists the meters. The
 * constructor registers all of them. This class is threadsafe.
 *
 * <pre>{@code
 * StatusFollower.builder(root).metrics(new MicrometerFollowerMetrics(registry)).build(); }</pre>
 */
public final class MicrometerFollowerMetrics implements FollowerMetrics, AutoCloseable {
    private static final String PREFIX = "container.status.follower.";

    private final OwnMeters meters;
    private final Timer scans;
    private final DistributionSummary folders;
    private final Timer checks;
    private final Map<ContainerChange.Kind, Counter> changes = new EnumMap<>(ContainerChange.Kind.class);
    private final Timer delay;
    private final Map<BadStatus, Counter> bad = new EnumMap<>(BadStatus.class);
    private final Counter cancelled;
    private final Counter failed;
    private final AtomicInteger watches = new AtomicInteger();

    /** Registers the meters, without additional tags. */
    public MicrometerFollowerMetrics(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /**
     * Registers the meters.
     *
     * @param tags the tags of all meters, which distinguish this follower from others on the same registry
     */
    public MicrometerFollowerMetrics(MeterRegistry registry, Iterable<Tag> tags) {
        meters = new OwnMeters(Objects.requireNonNull(registry, "registry"), tags);
        scans = meters.timer(PREFIX + "scans", Tags.empty(), "Full scans of the root");
        folders = meters.summary(PREFIX + "folders", "folders", Tags.empty(), "Folders found by a full scan");
        checks = meters.timer(PREFIX + "checks", Tags.empty(), "Checks of one container");
        for (ContainerChange.Kind kind : ContainerChange.Kind.values()) {
            changes.put(
                    kind,
                    meters.counter(PREFIX + "changes", "changes", OwnMeters.tag("kind", kind), "Changes emitted"));
        }
        delay = meters.timer(
                PREFIX + "delay",
                Tags.empty(),
                "Time from a file event to the change that it led to, including the wait for demand");
        for (BadStatus problem : BadStatus.values()) {
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
        meters.gauge(
                PREFIX + "watches",
                "watches",
                Tags.empty(),
                "Watches that the operating system holds",
                watches,
                AtomicInteger::get);
    }

    private Counter ends(String outcome) {
        return meters.counter(PREFIX + "ends", "streams", Tags.of("outcome", outcome), "Streams that ended");
    }

    @Override
    public void recordScan(int found, Duration elapsed) {
        scans.record(elapsed);
        folders.record(found);
    }

    @Override
    public void recordCheck(String id, Duration elapsed) {
        checks.record(elapsed);
    }

    @Override
    public void recordChange(FollowedChange.Kind kind, String id, @Nullable Duration delayed) {
        Objects.requireNonNull(changes.get(kind)).increment();
        if (delayed != null) {
            delay.record(delayed);
        }
    }

    @Override
    public void recordBadStatus(String id, StatusException failure) {
        Objects.requireNonNull(bad.get(BadStatus.of(failure))).increment();
    }

    @Override
    public void recordEnd(@Nullable Throwable failure) {
        (failure == null ? cancelled : failed).increment();
    }

    @Override
    public void recordWatches(int change) {
        watches.addAndGet(change);
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
