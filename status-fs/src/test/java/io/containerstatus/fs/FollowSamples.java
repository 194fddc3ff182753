package io.containerstatus.fs;

import io.containerstatus.StatusEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Settings for tests of the follower's parts. */
final class FollowSamples {
    private FollowSamples() {}

    /** Returns the change without its time, so that it can be compared. */
    static @Nullable FollowedChange untimed(@Nullable FollowedChange change) {
        if (change instanceof FollowedChange.WithStatus update) {
            return new FollowedChange.WithStatus(update.id(), update.kind(), update.previous(), update.current(), null);
        }
        if (change instanceof FollowedChange.WithFailure bad) {
            return new FollowedChange.WithFailure(bad.id(), bad.kind(), bad.previous(), bad.failure(), null);
        }
        return change;
    }

    static StatusEvent untimed(StatusEvent event) {
        return event instanceof FollowedChange change ? Objects.requireNonNull(untimed(change)) : event;
    }

    static FollowSettings settings(Path root) {
        return settings(root, Duration.ZERO);
    }

    static FollowSettings settings(Path root, Duration missingAfter) {
        return new FollowSettings(
                root,
                Duration.ofDays(1),
                missingAfter,
                /* polling= */ false,
                StatusReader.DEFAULT_MAX_FILE_SIZE,
                /* ioScheduler= */ null,
                FollowerMetricsGuard.NONE,
                Thread::new);
    }
}
