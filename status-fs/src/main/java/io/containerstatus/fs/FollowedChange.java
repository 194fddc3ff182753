package io.containerstatus.fs;

import io.containerstatus.ContainerChange;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * One step in the life of a container that another process writes, as one subscriber of a {@link StatusFollower} is told
 * it: its status, why the status cannot be used, or its deletion. These three are all there are.
 *
 * <pre>{@code
 * if (change instanceof FollowedChange.WithStatus told) {
 *     show(told.id(), told.current());
 * } else if (change instanceof FollowedChange.WithFailure bad) {
 *     report(bad.id(), bad.failure());
 * } else {
 *     remove(change.id());
 * }
 * }</pre>
 *
 * <p>Only the library creates them: the constructors and the number of components of the records below are not covered
 * by compatibility.
 */
public sealed interface FollowedChange extends ContainerChange {
    /**
     * Returns the last status of this container that this subscriber was told, also when the file was bad since then; null
     * if it was told none, and in what is told first after a deletion.
     */
    @Override
    @Nullable
    Status previous();

    /**
     * A container with a status.
     *
     * @param id the container's id
     * @param kind what happened, not {@link ContainerChange.Kind#DELETED}
     * @param previous see {@link FollowedChange#previous()}
     * @param current the status now, with its flags off
     */
    record WithStatus(String id, Kind kind, @Nullable Status previous, Status current) implements FollowedChange {}

    /**
     * A container without a status that can be used.
     *
     * @param id the container's id
     * @param kind what happened, not {@link ContainerChange.Kind#DELETED}
     * @param previous see {@link FollowedChange#previous()}
     * @param failure what is wrong, with the place: {@link io.containerstatus.CorruptStatusException}, {@link
     *     io.containerstatus.UnsupportedVersionException}, or {@link io.containerstatus.UnreadableStatusException}, which
     *     is also that of a container without a status
     */
    record WithFailure(String id, Kind kind, @Nullable Status previous, StatusException failure)
            implements FollowedChange {
        /** Returns null: there is no status that can be used. */
        @Override
        public @Nullable Status current() {
            return null;
        }
    }

    /**
     * A container that is gone.
     *
     * @param id the container's id
     * @param previous see {@link FollowedChange#previous()}
     */
    record Deleted(String id, @Nullable Status previous) implements FollowedChange {
        /** Returns {@link ContainerChange.Kind#DELETED}. */
        @Override
        public Kind kind() {
            return Kind.DELETED;
        }

        /** Returns the last status that this subscriber was told, as {@link #previous()} does. */
        @Override
        public @Nullable Status current() {
            return previous;
        }
    }
}
