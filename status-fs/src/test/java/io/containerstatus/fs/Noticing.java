package io.containerstatus.fs;

import java.nio.file.Path;
import java.time.Duration;

/** By which means a follower notices a change in a test. */
enum Noticing {
    /** By file events alone: the full look is too far away to help. */
    BY_EVENTS {
        @Override
        StatusFollower.Builder builder(Path root) {
            return StatusFollower.builder(root).lookEvery(Duration.ofDays(1));
        }
    },
    /** By full looks alone. */
    BY_LOOKING {
        @Override
        StatusFollower.Builder builder(Path root) {
            return StatusFollower.builder(root).polling().lookEvery(Duration.ofMillis(10));
        }
    };

    abstract StatusFollower.Builder builder(Path root);
}
