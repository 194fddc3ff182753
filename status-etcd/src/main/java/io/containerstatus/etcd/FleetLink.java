package io.containerstatus.etcd;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of the connection between the follower and etcd.
 *
 * @param snapshots the number of snapshots that were read; 0 before the first one
 * @param snapshotRevision the revision of the last snapshot; 0 before the first one
 * @param gap why the last snapshot was needed; empty for the first one
 * @param watching whether etcd has accepted the watch that follows the last snapshot, and it was not
 *     interrupted since then
 * @param interruption why no events arrive from etcd; null if the connection is not interrupted
 * @param since when the interruption was noticed; null if the connection is not interrupted, or if the time
 *     is unknown
 */
record FleetLink(
        int snapshots,
        long snapshotRevision,
        String gap,
        boolean watching,
        @Nullable String interruption,
        @Nullable Instant since) {
    static final FleetLink NONE = new FleetLink(0, 0, "", false, null, null);

    FleetLink afterSnapshot(long revision, String reason) {
        return new FleetLink(snapshots + 1, revision, reason, false, null, null);
    }

    FleetLink interrupted(String reason, @Nullable Instant now) {
        return new FleetLink(snapshots, snapshotRevision, gap, false, reason, since == null ? now : since);
    }

    FleetLink watched() {
        return new FleetLink(snapshots, snapshotRevision, gap, true, null, null);
    }
}
