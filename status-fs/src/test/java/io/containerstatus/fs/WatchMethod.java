package io.containerstatus.fs;

import java.nio.file.Path;
import java.time.Duration;

/** How a follower notices a change in a test. */
enum WatchMethod {
    /** By file events alone: the next full scan is too late to help. */
    BY_EVENTS {
        @Override
        StatusFollower.Builder builder(Path root) {
            return StatusFollower.builder(root).scanEvery(Duration.ofDays(1));
        }
    },
    /** By full scans alone. */
    BY_POLLING {
        @Override
        StatusFollower.Builder builder(Path root) {
            return StatusFollower.builder(root).polling().scanEvery(Duration.ofMillis(10));
        }
    };

    abstract StatusFollower.Builder builder(Path root);
}
