package io.containerstatus.etcd;

import io.containerstatus.StatusException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Records what a {@link FleetFollower} does, for all its subscribers together. Every method has an empty default.
 *
 * <p>The methods are called on the follower's threads and on those of the subscribers, and some at the same time. They must
 * not block. What they throw goes to Reactor's {@code onErrorDropped} hook, and changes nothing for a stream.
 *
 * <p>Ids and names of nodes are given so that a busy one can be found. Do not use ids as tags of a meter.
 */
public interface FleetMetrics {

    /**
     * A snapshot was taken.
     *
     * @param containers how many containers there are in it, 0 or more
     * @param elapsed how long it took, the wait for an etcd that was not there included
     */
    default void recordSnapshot(int containers, Duration elapsed) {}

    /**
     * Events came from etcd.
     *
     * @param events how many came together, at least 1
     */
    default void recordEvents(int events) {}

    /**
     * etcd is not heard any more, or could not be reached once more.
     *
     * @param reason for a reader
     */
    default void recordInterruption(String reason) {}

    /**
     * A change is about to be emitted to one subscriber.
     *
     * @param change the change
     * @param delay the time from the arrival of etcd's event until now, the wait for the subscriber's demand included; null
     *     if a snapshot has shown it
     */
    default void recordChange(FleetChange change, @Nullable Duration delay) {}

    /**
     * A change that carries a failure is about to be emitted. Called after {@link #recordChange} for the same change.
     *
     * @param failure the failure that the change carries
     */
    default void recordBadStatus(FleetChange change, StatusException failure) {}

    /**
     * A stream ended.
     *
     * @param failure what the subscriber gets as {@code onError}; null if it cancelled, was cancelled because its {@code
     *     onNext} threw, or the follower was closed
     */
    default void recordEnd(@Nullable Throwable failure) {}
}
