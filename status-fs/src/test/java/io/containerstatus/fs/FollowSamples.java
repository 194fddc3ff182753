package io.containerstatus.fs;

import java.nio.file.Path;
import java.time.Duration;

/** Settings of followers whose parts are tested by themselves. */
final class FollowSamples {
    private FollowSamples() {}

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
