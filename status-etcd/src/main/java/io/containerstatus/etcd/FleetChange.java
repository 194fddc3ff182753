package io.containerstatus.etcd;

import io.containerstatus.ContainerChange;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * One change of a container of a fleet, as one subscriber of a {@link FleetFollower} receives it.
 *
 * @param node the node that the container is on
 * @param id the container's id, which is unique only on its node
 * @param kind what happened
 * @param revision etcd's revision of the change; if a new snapshot revealed a deletion, the revision of the
 *     snapshot
 * @param previous the last status of this container that this subscriber received, even if the document has
 *     become unusable since then; null if it has received none
 * @param current the status after this change. For {@link ContainerChange.Kind#DELETED}, the last known
 *     status from before the deletion. Null if there is a failure, or if no status of a deleted container is
 *     known
 * @param failure why the container has no usable status, with the key:
 *     {@link io.containerstatus.CorruptStatusException} or
 *     {@link io.containerstatus.UnsupportedVersionException}; null if nothing is wrong
 * @param skipped how many writes of this container were left out since the last change that this subscriber
 *     received. A write is left out if the subscriber was slower, if the write did not change the status,
 *     if it did not change the state and the view shows only changes of the state, or if it fell into a
 *     gap. If the container was deleted in a gap, more writes may have been left out than are counted.
 *     Always 0 for {@link ContainerChange.Kind#SNAPSHOT}
 */
public record FleetChange(
        String node,
        String id,
        Kind kind,
        long revision,
        @Nullable Status previous,
        @Nullable Status current,
        @Nullable StatusException failure,
        long skipped)
        implements ContainerChange, FleetEvent {}
