package io.containerstatus.fs;

import io.containerstatus.StatusException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Records what a {@link StatusFollower} does, for all its subscriptions together. Every method has an empty default.
 *
 * <p>The methods are called on the threads of the subscriptions, and for different subscriptions at the same time. They
 * must not block: a subscription does nothing else meanwhile. What they throw goes to Reactor's {@code onErrorDropped}
 * hook, and changes nothing for the stream.
 */
public interface FollowerMetrics {

    /**
     * A full look ended: the root was listed, and the attributes of every folder and status in it were compared. The
     * containers that differ are looked at after it, each with its own {@link #recordLook}.
     *
     * @param folders how many entries of the root have a name that is an id, 0 or more
     * @param elapsed how long it took
     */
    default void recordFullLook(int folders, Duration elapsed) {}

    /**
     * A look at one container ended: its status was read, whether or not it had changed.
     *
     * @param id the container's id
     * @param elapsed how long it took
     */
    default void recordLook(String id, Duration elapsed) {}

    /**
     * A change is about to be emitted.
     *
     * @param kind what happened
     * @param id the container's id
     * @param delay the time from the arrival of the file event that led to the change until now. It includes the wait
     *     for the subscriber's demand. Null if no file event led to it: the change is of the snapshot, or a full look
     *     found it
     */
    default void recordChange(FollowedChange.Kind kind, String id, @Nullable Duration delay) {}

    /**
     * A change that carries a failure is about to be emitted: the status is corrupt, of another version, unreadable, or
     * missing. Called after {@link #recordChange} for the same change.
     *
     * @param id the container's id
     * @param failure the failure that the change carries
     */
    default void recordBadStatus(String id, StatusException failure) {}

    /**
     * A stream ended.
     *
     * @param failure what the subscriber gets as {@code onError}; null if it cancelled, or was cancelled because its
     *     {@code onNext} threw
     */
    default void recordEnd(@Nullable Throwable failure) {}

    /**
     * The number of watches that the operating system holds for this follower has changed. The sum of all changes is the
     * number in use; it is 0 again when all subscriptions have ended. Never called for a follower that polls.
     *
     * @param change how many watches were added; negative if they were given back; never 0
     */
    default void recordWatches(int change) {}
}
