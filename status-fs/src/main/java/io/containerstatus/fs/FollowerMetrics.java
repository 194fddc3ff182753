package io.containerstatus.fs;

import io.containerstatus.StatusException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Records what a {@link StatusFollower} does, for all subscriptions to its streams together. Single reads, such as
 * {@link StatusFollower#read}, are not recorded. By default, every method does nothing.
 *
 * <p>The methods are called on the threads of the subscriptions, several of them at the same time. If a stream is
 * cancelled, {@link #recordEnd} is called on the cancelling thread. The methods must not block, because the
 * subscription waits for them. If they throw, the exception goes to Reactor's {@code onErrorDropped} hook and does
 * not affect the stream.
 */
public interface FollowerMetrics {

    /**
     * A full scan has ended: the root was listed, and the attributes of every folder and status in it were compared.
     * The containers whose attributes differ are checked after it, each with its own {@link #recordCheck}.
     *
     * @param folders how many entries of the root have a name that is a valid id, 0 or more
     * @param elapsed the duration
     */
    default void recordScan(int folders, Duration elapsed) {}

    /**
     * A check of one container has ended: its status was read, whether or not it has changed.
     *
     * @param id the container's id
     * @param elapsed the duration
     */
    default void recordCheck(String id, Duration elapsed) {}

    /**
     * A change is about to be emitted.
     *
     * @param kind what happened
     * @param id the container's id
     * @param delay the time from the arrival of the file event that led to the change until now. It includes
     *     the wait for the subscriber's demand. Null if no file event led to the change, because it belongs to
     *     the snapshot or a full scan found it
     */
    default void recordChange(FollowedChange.Kind kind, String id, @Nullable Duration delay) {}

    /**
     * A change that carries a failure is about to be emitted: the status is corrupt, of an unsupported version,
     * unreadable, or missing. Called after {@link #recordChange} for the same change.
     *
     * @param id the container's id
     * @param failure the failure that the change carries
     */
    default void recordBadStatus(String id, StatusException failure) {}

    /**
     * A stream has ended.
     *
     * @param failure the error that the subscriber gets as {@code onError}; null if the stream was cancelled by
     *     the subscriber, or because its {@code onNext} threw
     */
    default void recordEnd(@Nullable Throwable failure) {}

    /**
     * The number of watches that the operating system holds for this follower has changed. The sum of all
     * changes is the number in use. It is 0 again once all subscriptions have ended. Never called for a
     * follower that polls.
     *
     * @param change how many watches were added; negative if watches were given back; never 0
     */
    default void recordWatches(int change) {}
}
