package io.containerstatus.etcd;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of the owner of a node, as one subscriber of a {@link FleetFollower} receives it. A node is known
 * as long as it has an owner or a status. If a node has no owner, its statuses are the last ones that its
 * last owner wrote.
 *
 * @param node the name of the node
 * @param kind what happened
 * @param revision etcd's revision of the change; if a new snapshot revealed the change, the revision of the
 *     snapshot
 * @param previous the owner that this subscriber received last; null if the node had none then, or if the
 *     subscriber has received nothing of this node before
 * @param owner the current owner; null if the node has none
 */
public record NodeChange(
        String node,
        Kind kind,
        long revision,
        @Nullable Owner previous,
        @Nullable Owner owner) implements FleetEvent {

    /** The kinds of changes of the ownership. */
    public enum Kind {
        /**
         * The node was in the snapshot, with an owner or without. For such a node, this is the first change
         * that a subscriber receives.
         */
        SNAPSHOT,
        /** The node has a new owner: it had none before, or a different one. */
        OWNED,
        /**
         * The node has no owner: the owner has given up the ownership, its lease has ended, or the node was
         * {@linkplain FleetFollower#fence fenced}. No further write of the previous ownership succeeds. The
         * processes of the node may still be running. If a node is new and has no owner, this is its first change.
         */
        NOT_OWNED
    }

    /**
     * The owner of a node, as it describes itself.
     *
     * @param identity the identity that the owner was built with; null if it is absent, such as in a value
     *     that another program has written
     * @param host the name of its machine; null if it is absent
     * @param pid its process id; 0 if it is absent
     * @param since when it took the ownership, by its own clock; null if it is absent
     */
    public record Owner(
            @Nullable String identity,
            @Nullable String host,
            long pid,
            @Nullable Instant since) {}
}
