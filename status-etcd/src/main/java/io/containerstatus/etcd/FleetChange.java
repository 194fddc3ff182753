package io.containerstatus.etcd;

import io.containerstatus.ContainerChange;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * One step in the life of a container of a fleet, as one subscriber of a {@link FleetFollower} is told it.
 *
 * @param node the node that the container is on
 * @param id the container's id, unique on its node only
 * @param kind what happened
 * @param revision etcd's revision of the change; for a deletion that a new snapshot has shown, the revision of that
 * @param previous the last status of this container that this subscriber was told, also when its document was bad since
 *     then; null if it was told none
 * @param current the status after this change; for {@link ContainerChange.Kind#DELETED} the last one that is known from
 *     before it; null if there is a failure, or a container was deleted of which no status is known
 * @param failure why the container has no status that can be used, with the key: {@link
 *     io.containerstatus.CorruptStatusException} or {@link io.containerstatus.UnsupportedVersionException}; null if there is
 *     nothing wrong
 * @param skipped how many writes of this container were left out since what was told before: the subscriber was slower
 *     than they came, they left the state as it was and the view tells states only, or they fell into a gap. At least
 *     that many where the container was deleted in a gap. Always 0 for {@link ContainerChange.Kind#SNAPSHOT}
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
