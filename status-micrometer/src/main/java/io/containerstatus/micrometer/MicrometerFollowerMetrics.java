package io.containerstatus.micrometer;

import io.containerstatus.ContainerChange;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.StatusException;
import io.containerstatus.UnsupportedVersionException;
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
 * Records what a follower does in meters of a registry, which {@code docs/metrics.md} lists. All of them are registered
 * at once. Threadsafe.
 *
 * <pre>{@code
 * StatusFollower.builder(root).metrics(new MicrometerFollowerMetrics(registry)).build();
 * }</pre>
 */
public final class MicrometerFollowerMetrics implements FollowerMetrics, AutoCloseable {
    private static final String PREFIX = "container.status.follower.";

    private final OwnMeters meters;
    private final Timer fullLooks;
    private final DistributionSummary folders;
    private final Timer looks;
    private final Map<ContainerChange.Kind, Counter> changes = new EnumMap<>(ContainerChange.Kind.class);
    private final Timer delay;
    private final Map<Problem, Counter> bad = new EnumMap<>(Problem.class);
    private final Counter cancelled;
    private final Counter failed;
    private final AtomicInteger watches = new AtomicInteger();

    /** What is wrong with a status. */
    private enum Problem {
        CORRUPT,
        UNSUPPORTED_VERSION,
        /** Or missing: a follower tells both by the same failure. */
        UNREADABLE;

        static Problem of(StatusException failure) {
            if (failure instanceof CorruptStatusException) {
                return CORRUPT;
            }
            return failure instanceof UnsupportedVersionException ? UNSUPPORTED_VERSION : UNREADABLE;
        }
    }

    /** Registers the meters, without tags of their own. */
    public MicrometerFollowerMetrics(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /**
     * Registers the meters.
     *
     * @param tags what tells this follower from others on the same registry, for all of the meters
     */
    public MicrometerFollowerMetrics(MeterRegistry registry, Iterable<Tag> tags) {
        meters = new OwnMeters(Objects.requireNonNull(registry, "registry"), tags);
        fullLooks = meters.timer(PREFIX + "full.looks", Tags.empty(), "Looks at the whole root");
        folders = meters.summary(
                PREFIX + "folders", "folders", Tags.empty(), "Folders that a look at the whole root found");
        looks = meters.timer(PREFIX + "looks", Tags.empty(), "Looks at one container");
        for (ContainerChange.Kind kind : ContainerChange.Kind.values()) {
            changes.put(
                    kind,
                    meters.counter(PREFIX + "changes", "changes", OwnMeters.tag("kind", kind), "Changes emitted"));
        }
        delay = meters.timer(
                PREFIX + "delay",
                Tags.empty(),
                "Time from a file event to the change that it led to, the wait for demand included");
        for (Problem problem : Problem.values()) {
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
    public void recordFullLook(int found, Duration elapsed) {
        fullLooks.record(elapsed);
        folders.record(found);
    }

    @Override
    public void recordLook(String id, Duration elapsed) {
        looks.record(elapsed);
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
        Objects.requireNonNull(bad.get(Problem.of(failure))).increment();
    }

    @Override
    public void recordEnd(@Nullable Throwable failure) {
        (failure == null ? cancelled : failed).increment();
    }

    @Override
    public void recordWatches(int change) {
        watches.addAndGet(change);
    }

    /** Removes the meters from the registry. What is recorded afterwards is not seen. Idempotent. */
    @Override
    public void close() {
        meters.close();
    }
}
