package io.containerstatus.etcd;

import io.containerstatus.StatusEvent;

/**
 * An event that a subscriber of a {@link FleetFollower} receives: a change of a container, a change of the
 * owner of a node, or a notice about the whole stream. There are no other events.
 *
 * <p>Only the library creates events: constructors and the number of components are not covered by compatibility.
 */
public sealed interface FleetEvent extends StatusEvent permits FleetChange, NodeChange, FleetNotice {
    /**
     * Returns etcd's revision of this event. Within one cluster, revisions increase across all nodes.
     * Revisions of two clusters, or from before and after a restore from a backup, cannot be compared.
     */
    long revision();
}
