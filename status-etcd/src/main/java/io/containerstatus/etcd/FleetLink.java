package io.containerstatus.etcd;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the follower stands with etcd.
 *
 * @param snapshots how many snapshots were taken; 0 for none yet
 * @param snapshotRevision the revision of the last one; 0 for none yet
 * @param gap why the last snapshot was taken; empty for the first
 * @param interruption why etcd is not heard; null if it is
 * @param since when it was heard last before that; null if it is heard, or not known
 */
record FleetLink(
        int snapshots,
        long snapshotRevision,
        String gap,
        @Nullable String interruption,
        @Nullable Instant since) {
    static final FleetLink NONE = new FleetLink(0, 0, "", null, null);

    FleetLink afterSnapshot(long revision, String reason) {
        return new FleetLink(snapshots + 1, revision, reason, null, null);
    }

    FleetLink interrupted(String reason, @Nullable Instant now) {
        return new FleetLink(snapshots, snapshotRevision, gap, reason, since == null ? now : since);
    }

    FleetLink resumed() {
        return new FleetLink(snapshots, snapshotRevision, gap, null, null);
    }
}
