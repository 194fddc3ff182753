package io.containerstatus.etcd;

/**
 * How what a subscriber was told stands to what etcd holds.
 *
 * @param kind what there is to know
 * @param revision for {@link Kind#CAUGHT_UP} and {@link Kind#GAP} the revision of the snapshot, otherwise the one up to
 *     which etcd was heard; 0 if it was not heard yet
 * @param reason for a reader: why, such as the failure of a connection; empty for {@link Kind#CAUGHT_UP} and {@link
 *     Kind#RESUMED}
 */
public record FleetNotice(Kind kind, long revision, String reason) implements FleetEvent {

    /** What a notice tells. */
    public enum Kind {
        /**
         * All that stood at the revision was told, as far as the view goes. Comes once the first snapshot was told, and
         * after each {@link #GAP}. Whoever cleans up what is not there must wait for it.
         */
        CAUGHT_UP,
        /**
         * etcd is not heard at present; what was told may be old. That is no failure, and no container is told deleted for
         * it. {@link #RESUMED}, {@link #GAP} or the first {@link #CAUGHT_UP} ends it.
         */
        INTERRUPTED,
        /** etcd is heard again, without a gap: what changed meanwhile follows. */
        RESUMED,
        /**
         * What happened since the last revision heard cannot be had from etcd any more: it was compacted, or the cluster was
         * restored from a backup, or is another one. A new snapshot was taken. What differs from what this subscriber was
         * told follows, deletions included, and then {@link #CAUGHT_UP}. What came and went in the gap is not told.
         */
        GAP
    }
}
