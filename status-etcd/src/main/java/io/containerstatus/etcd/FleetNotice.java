package io.containerstatus.etcd;

/**
 * A notice about the stream: how the emitted events relate to the content of etcd.
 *
 * @param kind the kind of the notice
 * @param revision for {@link Kind#CAUGHT_UP} and {@link Kind#GAP} the revision of the snapshot. Otherwise the
 *     revision up to which events were received; 0 if none were received yet
 * @param reason a human-readable reason, such as the failure of a connection; empty for
 *     {@link Kind#CAUGHT_UP} and {@link Kind#RESUMED}
 */
public record FleetNotice(Kind kind, long revision, String reason) implements FleetEvent {

    /** Returns whether this is {@link Kind#CAUGHT_UP}. */
    @Override
    public boolean caughtUp() {
        return kind == Kind.CAUGHT_UP;
    }

    /** The kinds of notices. */
    public enum Kind {
        /**
         * Everything that existed at the revision and that the view shows was emitted. Comes after the first
         * snapshot, and after each {@link #GAP}. A subscriber that removes its own data of absent containers
         * must wait for this notice.
         */
        CAUGHT_UP,
        /**
         * No events arrive from etcd at present, so the emitted events may be out of date. This is not a
         * failure of the stream, and no container is reported as deleted because of it. {@link #RESUMED},
         * {@link #GAP} or the first {@link #CAUGHT_UP} ends the interruption.
         */
        INTERRUPTED,
        /**
         * Events arrive from etcd again, without a gap. The changes that were made in the meantime follow.
         */
        RESUMED,
        /**
         * etcd can no longer report the changes since the last received revision: they were compacted, or the
         * cluster was restored from a backup, or another cluster answers. A new snapshot was read. Its
         * differences from what this subscriber has received follow, including deletions, and then
         * {@link #CAUGHT_UP}. A container that was created and deleted within the gap is not reported.
         */
        GAP
    }
}
