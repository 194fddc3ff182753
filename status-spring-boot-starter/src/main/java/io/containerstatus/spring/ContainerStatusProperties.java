package io.containerstatus.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties. {@code docs/services.md} has them as a table.
 *
 * @param root The folder of the containers. It is created where it is missing, unless it is followed.
 * @param follow Whether to follow the containers of another process, instead of owning the root.
 * @param lockWait How long to wait for the lock of the root while another store holds it, such as an older instance that is ending.
 * @param maxPendingUpdates How many operations of one container may wait for their turn.
 * @param maxBatch How many operations of one container may share one write.
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
        @DefaultValue ProblemDetails problemDetails) {

    /**
     * The journal.
     *
     * @param enabled Whether to put a journal in front of the files. Only for a root that no other program reads.
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
     * @param lookEvery The time between two full looks at the root, from 1ms to 365d.
     * @param missingAfter How long a status must be missing before a change says so, from 0 to 1m.
     * @param polling Whether to use full looks only, and no file events.
     * @param maxFileSize The size of the largest file that is read.
     */
    record Follower(
            @DefaultValue("10s") Duration lookEvery,
            @DefaultValue("100ms") Duration missingAfter,
            @DefaultValue("false") boolean polling,
            @DefaultValue("1MB") DataSize maxFileSize) {}

    /**
     * The answers to failures.
     *
     * @param enabled Whether the failures of this library are answered as problem details.
     */
    record ProblemDetails(@DefaultValue("true") boolean enabled) {}
}
