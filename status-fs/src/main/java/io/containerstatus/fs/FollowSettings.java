package io.containerstatus.fs;

import io.containerstatus.UnreadableStatusException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * How a root is followed; see {@link StatusFollower.Builder}.
 *
 * @param watcherThreads makes the threads that wait for file events
 */
record FollowSettings(
        Path root,
        Duration lookEvery,
        Duration missingAfter,
        boolean polling,
        int maxFileSize,
        @Nullable Scheduler ioScheduler,
        FollowerMetricsGuard metrics,
        ThreadFactory watcherThreads) {

    /** Returns the failure that ends a stream: the root is of no use. */
    UnreadableStatusException unread(String reason, @Nullable Throwable cause) {
        return new UnreadableStatusException(root.toString(), reason, cause);
    }
}
