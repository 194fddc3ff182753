package io.containerstatus.reactive;

import io.containerstatus.ContainerChange;
import io.containerstatus.Status;
import org.jspecify.annotations.Nullable;

/**
 * One change of a container of a store, as one subscriber receives it. It always has a status, and never a
 * {@link #failure()}.
 *
 * <p>Only the library creates instances. Compatibility does not cover the constructor and the number of components.
 *
 * @param id the container's id
 * @param revision the container's revision after this change: 1 at its creation or recovery, and one more
 *     with every commit, including its deletion. Revisions are not stored, and start again when a store is
 *     opened
 * @param kind what happened; {@link ContainerChange.Kind#CREATED} comes only on streams of a whole store
 * @param previous the status that this subscriber received last. If it has received none, the status that its
 *     delivery left out first, as with {@link Delivery#changesOnly()}. Null if there is neither
 * @param current the status after this change; for {@link ContainerChange.Kind#DELETED} the last one before
 *     the deletion
 * @param durable true if this status, or a newer one, was known to survive a power cut when the signal was
 *     emitted; always true for {@link ContainerChange.Kind#DELETED}. A change of only flags is as durable as
 *     the status before it. A recovered status is not durable until the first synced write of its container,
 *     because the previous process may have died between its rename and its fsync.
 *     {@code updateSync(UnaryOperator.identity())} makes it durable. After a write with an uncertain outcome,
 *     no change is durable until the next write succeeds
 * @param skipped how many changes of this container were left out between {@code previous} and this change:
 *     {@code previous} is the status at revision {@code revision - 1 - skipped}. Changes are left out by the
 *     delivery, or because the subscriber is too slow. The latter does not happen with
 *     {@link Delivery#everyWithMaxLag(int)}. Always 0 for {@link ContainerChange.Kind#SNAPSHOT}
 */
public record StatusChange(
        String id, long revision, Kind kind, @Nullable Status previous, Status current, boolean durable, long skipped)
        implements ContainerChange {}
