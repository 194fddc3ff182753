package io.containerstatus.reactive;

import io.containerstatus.StatusException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Records what a store does. Every method has an empty default. The store calls them on its own threads and on those of
 * its callers, concurrently for different containers. They must neither block nor throw; an exception goes to Reactor's
 * {@code onErrorDropped} hook.
 *
 * <p>Ids are given so that a busy container can be found. They are as many as there are containers: do not use them as
 * tags of a meter.
 */
public interface StatusMetrics {

    /**
     * Records the end of a durable step.
     *
     * @param id the container
     * @param kind what the step did; all operations that share a step do the same
     * @param operations how many operations shared it, at least 1
     * @param waited how long the first of them waited from its subscription to the start of the step
     * @param elapsed how long the step took, queueing in the adapter included
     * @param failure why it failed, or null
     */
    default void recordWrite(
            String id,
            OperationKind kind,
            int operations,
            Duration waited,
            Duration elapsed,
            @Nullable StatusException failure) {}

    /** Records a change that was committed to memory; subscribers receive it next. */
    default void recordCommit(String id) {}

    /** Records an operation that was refused because too many of its container were pending. */
    default void recordRefused(String id) {}

    /**
     * Records a subscriber to every change that was cut off.
     *
     * @param id the container whose changes it was subscribed to; null if it was subscribed to those of the whole store
     * @param missed how many changes it missed, at least 1
     */
    default void recordLag(@Nullable String id, long missed) {}
}
