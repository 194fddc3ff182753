package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * One step in the life of a container that another process writes, as one subscriber of a {@link StatusFollower} is told
 * it. Exactly one of {@code current} and {@code failure} is there, and none for {@link Kind#DELETED}.
 *
 * @param id the container's id
 * @param kind what happened
 * @param previous the last status of this container that this subscriber was told, also when the file was bad since
 *     then; null if it was told none, and in what is told first after a deletion
 * @param current the status now, with its flags off; null when there is none that can be read
 * @param failure why there is none, with the place: {@link io.containerstatus.CorruptStatusException}, {@link
 *     io.containerstatus.UnsupportedVersionException}, or {@link io.containerstatus.UnreadableStatusException}, which is
 *     also that of a container without a status; null when there is nothing wrong
 */
public record FollowedChange(
        String id,
        Kind kind,
        @Nullable Status previous,
        @Nullable Status current,
        @Nullable StatusException failure) {

    /** What a change tells. */
    public enum Kind {
        /** The container exists; the first thing that a subscriber hears of one that was there before it. */
        SNAPSHOT,
        /** The container is new since the subscription; the first thing that a subscriber hears of it. */
        CREATED,
        /** The status was replaced by another one, went bad in another way than before, or is good again. */
        UPDATED,
        /** The container is gone. One that is created again under this id is told as {@link #CREATED}. */
        DELETED
    }
}
