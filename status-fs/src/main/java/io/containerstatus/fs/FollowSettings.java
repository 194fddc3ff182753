package io.containerstatus.fs;

import io.containerstatus.UnreadableStatusException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * The settings of a follower; see {@link StatusFollower.Builder}.
 *
 * @param watcherThreads creates the threads that wait for file events
 */
record FollowSettings(
        Path root,
        Duration scanEvery,
        Duration missingAfter,
        boolean polling,
        int maxFileSize,
        @Nullable Scheduler ioScheduler,
        FollowerMetricsGuard metrics,
        ThreadFactory watcherThreads) {

    /** Returns the failure that ends a stream because of the root or the I/O scheduler. */
    UnreadableStatusException unread(String reason, @Nullable Throwable cause) {
        return new UnreadableStatusException(root.toString(), reason, cause);
    }
}
