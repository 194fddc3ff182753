package io.containerstatus.fs;

import io.containerstatus.ContainerChange;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of a container that another process writes, as it is emitted to one subscriber of a
 * {@link StatusFollower}: its status, the reason why its status cannot be used, or its deletion. There
 * are no other cases.
 *
 * <pre>{@code
 * if (change instanceof FollowedChange.WithStatus good) {
 *     show(good.id(), good.current());
 * } else if (change instanceof FollowedChange.WithFailure bad) {
 *     report(bad.id(), bad.failure());
 * } else {
 *     remove(change.id());
 * }
 * }</pre>
 *
 * <p>Only the library creates changes. Compatibility does not cover the constructors and the number of components of
 * the records below.
 */
public sealed interface FollowedChange extends ContainerChange {
    /**
     * Returns the last status of this container that was emitted to this subscriber, even if the file has been
     * bad since then. Null if no status was emitted, and in the first change after a deletion.
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
     * @param at when the file was modified last, according to its attribute just before the status was read;
     *     null if that attribute could not be read
     */
    record WithStatus(
            String id,
            Kind kind,
            @Nullable Status previous,
            Status current,
            @Nullable Instant at) implements FollowedChange {}

    /**
     * A container without a usable status.
     *
     * @param id the container's id
     * @param kind what happened, not {@link ContainerChange.Kind#DELETED}
     * @param previous see {@link FollowedChange#previous()}
     * @param failure what is wrong, with the file: {@link io.containerstatus.CorruptStatusException},
     *     {@link io.containerstatus.UnsupportedVersionException}, or
     *     {@link io.containerstatus.UnreadableStatusException}, which also reports a missing status
     * @param at as in {@link WithStatus}; if there is no file, when the folder was modified last; null if the time
     *     could not be read
     */
    record WithFailure(
            String id,
            Kind kind,
            @Nullable Status previous,
            StatusException failure,
            @Nullable Instant at) implements FollowedChange {
        /** Returns null, because there is no usable status. */
        @Override
        public @Nullable Status current() {
            return null;
        }
    }

    /**
     * A container that was deleted. The time of the deletion is not known.
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

        /** Returns the last status that was emitted to this subscriber, as {@link #previous()} does. */
        @Override
        public @Nullable Status current() {
            return previous;
        }
    }
}
