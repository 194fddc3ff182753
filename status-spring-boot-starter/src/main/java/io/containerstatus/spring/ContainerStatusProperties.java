package io.containerstatus.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties. {@code docs/services.md} lists them in a table.
 *
 * @param root The folder of the containers. It is created if it is missing, unless it is followed.
 * @param follow Whether to follow the containers of another process, instead of owning the root.
 * @param lockWait How long to wait while another store, such as an older instance, holds the lock of the root.
 * @param maxPendingUpdates How many operations of one container may wait, at least 1.
 * @param maxBatch How many operations of one container may share one write, at least 1.
 * @param acceptUnsyncedFolders Whether to write to a file system that cannot sync folders, with a weaker promise.
 * @param acceptUnlockedRoot Whether to write to a file system that cannot lock files, with a weaker promise.
 */
@ConfigurationProperties("container-status")
record ContainerStatusProperties(
        @Nullable String root,
        @DefaultValue("false") boolean follow,
        @DefaultValue("0s") Duration lockWait,
        @DefaultValue("4096") int maxPendingUpdates,
        @DefaultValue("1024") int maxBatch,
        @DefaultValue("false") boolean acceptUnsyncedFolders,
        @DefaultValue("false") boolean acceptUnlockedRoot,
        @DefaultValue Journal journal,
        @DefaultValue Follower follower,
        @DefaultValue Health health,
        @DefaultValue ProblemDetails problemDetails) {

    /**
     * The journal.
     *
     * @param enabled Whether to put a journal in front of the files. Use it only if no other program reads them.
     * @param filesWithin How far a file may be behind the journal, from 1ms to 1h.
     * @param segmentSize The size of a segment of the journal, a multiple of 4KB from 16KB to 1GB.
     */
    record Journal(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("1s") Duration filesWithin,
            @DefaultValue("8MB") DataSize segmentSize) {}

    /**
     * The follower.
     *
     * @param scanEvery The time between two full scans of the root, from 1ms to 365d.
     * @param missingAfter How long a status must be missing before a change reports that, from 0 to 1m.
     * @param polling Whether to use full scans only, and no file events.
     * @param maxFileSize The size of the largest file that is read, at least 1B.
     */
    record Follower(
            @DefaultValue("10s") Duration scanEvery,
            @DefaultValue("100ms") Duration missingAfter,
            @DefaultValue("false") boolean polling,
            @DefaultValue("1MB") DataSize maxFileSize) {}

    /**
     * The health.
     *
     * @param retryAfter How long a store is out of service after a write has failed, at least 0. After that time, it is
     *     up, so that a request can try to write again.
     */
    record Health(@DefaultValue("10s") Duration retryAfter) {}

    /**
     * The responses to failures.
     *
     * @param enabled Whether to answer the failures of this library as problem details.
     */
    record ProblemDetails(@DefaultValue("true") boolean enabled) {}
}
