package io.containerstatus.reactive;

import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import org.jspecify.annotations.Nullable;

/**
 * One step in the life of a container, as one subscriber is told it.
 *
 * @param id the container's id
 * @param revision the container's revision after this change: 1 at its creation or recovery, one more with every
 *     commit, its deletion included; revisions are not stored and start anew when a store is opened
 * @param kind what happened
 * @param previous the status that this subscriber was told last, or that stood at its subscription with {@link
 *     Delivery#changesOnly()}; null if this is the first it hears of the container
 * @param current the status after this change; for {@link Kind#DELETED} the last one before the deletion
 * @param durable whether the disk held this status, or a later one, when the signal was emitted, so that a power cut
 *     cannot take it back; for {@link Kind#DELETED} always true. Only what is written counts: a change of nothing but the
 *     flags is durable if the status before was. A recovered status is not durable until the first synced write of its
 *     container, because the process before may have died between its rename and its fsync; {@code
 *     updateSync(UnaryOperator.identity())} makes it durable. What is committed after a write with an uncertain outcome is
 *     not durable until the next write
 * @param skipped how many changes of this container were left out since the one told before, so that this revision is
 *     that one's plus 1 plus this: because the subscriber was slower than they came, which does not happen with {@link
 *     Delivery#every(int)}, or because its delivery is {@link Delivery#stateChangesOnly()}
 */
public record StatusChange(
        String id, long revision, Kind kind, @Nullable Status previous, Status current, boolean durable, long skipped) {

    /** Returns the state after this change, {@code current().state()}. */
    public ContainerState state() {
        return current.state();
    }

    /** What a change tells. */
    public enum Kind {
        /** The container exists; the first thing that a subscriber hears of one that was there before it. */
        SNAPSHOT,
        /** The container was created after the subscription; on streams of a whole store only. */
        CREATED,
        /** The status was replaced by another one. */
        UPDATED,
        /** The container was deleted; the last thing that a subscriber hears of it. */
        DELETED
    }
}
