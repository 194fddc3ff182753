package io.containerstatus.etcd;

import io.containerstatus.StatusException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Records what a {@link FleetFollower} does, for all its subscribers together. By default, every method does nothing.
 *
 * <p>The methods are called on the threads of the follower and of the subscribers, some of them at the same
 * time. They must not block. An exception that they throw goes to Reactor's {@code onErrorDropped} hook and
 * does not affect any stream.
 *
 * <p>The methods receive container ids and node names, so that a busy container or node can be found. Do not
 * use ids as tags of a meter.
 */
public interface FleetMetrics {

    /**
     * Called after a snapshot was read.
     *
     * @param containers the number of containers in the snapshot, 0 or more
     * @param elapsed how long the reading took, including the time in which etcd was not available
     */
    default void recordSnapshot(int containers, Duration elapsed) {}

    /**
     * Called after events have arrived from etcd.
     *
     * @param events the number of events that arrived together, at least 1
     */
    default void recordEvents(int events) {}

    /**
     * Called after the watch of etcd was interrupted, or after another attempt to reach etcd has failed.
     *
     * @param reason a human-readable reason
     */
    default void recordInterruption(String reason) {}

    /**
     * Called before a change is emitted to one subscriber.
     *
     * @param change the change
     * @param delay the time since etcd's event arrived, including the wait for the subscriber's demand; null
     *     if the change comes from a snapshot
     */
    default void recordChange(FleetChange change, @Nullable Duration delay) {}

    /**
     * Called before a change that carries a failure is emitted, after {@link #recordChange} for the same change.
     *
     * @param failure the failure that the change carries
     */
    default void recordBadStatus(FleetChange change, StatusException failure) {}

    /**
     * Called once for each stream, when it ends.
     *
     * @param failure the failure that the subscriber receives as {@code onError}; null if the subscriber
     *     cancelled, if it was cancelled because its {@code onNext} threw, or if the follower was closed
     */
    default void recordEnd(@Nullable Throwable failure) {}
}
