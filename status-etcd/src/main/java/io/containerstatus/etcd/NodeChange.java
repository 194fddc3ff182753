package io.containerstatus.etcd;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node has an owner, as one subscriber of a {@link FleetFollower} is told it. A node is known as long as it has an
 * owner or a status. The statuses of one without an owner are the last words of its last owner.
 *
 * @param node the name of the node
 * @param kind what happened
 * @param revision etcd's revision of the change; for one that a new snapshot has shown, the revision of that
 * @param previous the owner that this subscriber was told last; null if that was none, or it was told nothing of the node
 * @param owner the owner now; null if there is none
 */
public record NodeChange(
        String node,
        Kind kind,
        long revision,
        @Nullable Owner previous,
        @Nullable Owner owner) implements FleetEvent {

    /** What happened to the ownership. */
    public enum Kind {
        /** The node is known, with an owner or without: the first thing that is told of one that was there before. */
        SNAPSHOT,
        /** The node has an owner, or another one than before. */
        OWNED,
        /**
         * The node has no owner: it has given up the ownership, or its lease has ended, or it was {@linkplain
         * FleetFollower#fence fenced}. None of its last owner's writes succeeds any more. Its processes may run on.
         */
        NOT_OWNED
    }

    /**
     * Who owns a node's statuses, in its own words.
     *
     * @param identity the identity that it was built with; null if there is none, as in what another program has written
     * @param host the name of its machine; null if there is none
     * @param pid its process; 0 if there is none
     * @param since when it took the ownership, by its own clock; null if there is none
     */
    public record Owner(
            @Nullable String identity,
            @Nullable String host,
            long pid,
            @Nullable Instant since) {}
}
