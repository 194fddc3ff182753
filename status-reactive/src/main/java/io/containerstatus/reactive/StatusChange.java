package io.containerstatus.reactive;

import io.containerstatus.ContainerChange;
import io.containerstatus.Status;
import org.jspecify.annotations.Nullable;

/**
 * One step in the life of a container of a store, as one subscriber is told it. It has a status always, and never a
 * {@link #failure()}.
 *
 * <p>Only the library creates it: constructor and number of components are not covered by compatibility.
 *
 * @param id the container's id
 * @param revision the container's revision after this change: 1 at its creation or recovery, one more with every
 *     commit, its deletion included; revisions are not stored and start anew when a store is opened
 * @param kind what happened; {@link ContainerChange.Kind#CREATED} comes on streams of a whole store only
 * @param previous the status that this subscriber was told last, or that stood at its subscription with {@link
 *     Delivery#changesOnly()}; null if this is the first it hears of the container
 * @param current the status after this change; for {@link ContainerChange.Kind#DELETED} the last one before the deletion
 * @param durable whether the disk held this status, or a later one, when the signal was emitted, so that a power cut
 *     cannot take it back; for {@link ContainerChange.Kind#DELETED} always true. A change of flags only is as durable
 *     as the status before it. A recovered status is not durable until the first synced write of its container, because
 *     the process before may have died between its rename and its fsync; {@code updateSync(UnaryOperator.identity())}
 *     makes it durable. What is committed after a write with an uncertain outcome is not durable until the next write
 * @param skipped how many changes of this container were left out since the one told before ({@code revision} is the
 *     revision told before + 1 + {@code skipped}): because the subscriber was slower than they came, which does not
 *     happen with {@link Delivery#everyWithMaxLag(int)}, or because its delivery is {@link Delivery#stateChangesOnly()}
 */
public record StatusChange(
        String id, long revision, Kind kind, @Nullable Status previous, Status current, boolean durable, long skipped)
        implements ContainerChange {}
