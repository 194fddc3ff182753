package io.containerstatus.etcd;

/**
 * What a subscriber of a {@link FleetFollower} is told: a change of a container, a change of a node's ownership, or a
 * notice about the stream as a whole. These three are all there are.
 *
 * <p>Only the library creates them: constructors and the number of components are not covered by compatibility.
 */
public sealed interface FleetEvent permits FleetChange, NodeChange, FleetNotice {
    /**
     * Returns etcd's revision that this is about. Revisions of one cluster grow, across all nodes; those of two clusters,
     * or of one that was restored from a backup, say nothing of each other.
     */
    long revision();
}
