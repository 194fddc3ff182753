package io.containerstatus.fs;

import io.containerstatus.UnreadableStatusException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** How a root is followed; see {@link StatusFollower.Builder}. */
record FollowSettings(
        Path root,
        Duration lookEvery,
        boolean polling,
        int maxFileSize,
        @Nullable Scheduler ioScheduler) {

    /** Returns the failure that ends a stream: the root is of no use. */
    UnreadableStatusException unread(String reason, @Nullable Throwable cause) {
        return new UnreadableStatusException(root.toString(), reason, cause);
    }
}
