package io.containerstatus.reactive;

import io.containerstatus.StatusException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Records what a store does. Every method is empty by default. The store calls the methods on its own threads,
 * on threads of its adapter and on threads of its callers, concurrently for different containers. A method
 * must neither block nor throw. If it throws, the exception goes to Reactor's {@code onErrorDropped} hook.
 *
 * <p>The methods receive container ids, so that a busy container can be found. There are as many ids as
 * containers, so do not use ids as tags of a meter.
 */
public interface StatusMetrics {

    /**
     * Records the end of a durable step.
     *
     * @param id the container's id
     * @param kind what the step did; all operations that share a step are of one kind
     * @param operations how many operations shared the step, at least 1
     * @param waited how long the first of them waited, from its subscription to the start of the step
     * @param elapsed how long the step took, including the time in the adapter's queue
     * @param failure why the step failed; null if it did not
     */
    default void recordWrite(
            String id,
            OperationKind kind,
            int operations,
            Duration waited,
            Duration elapsed,
            @Nullable StatusException failure) {}

    /** Records a commit of a container. Readers see the new status from now on. Subscribers receive it next. */
    default void recordCommit(String id) {}

    /** Records an operation that was refused because too many operations of its container were waiting. */
    default void recordRefused(String id) {}

    /**
     * Records that the stream of a subscriber to every change failed because the subscriber lagged too far.
     *
     * @param id the container of the stream; null for a stream of the whole store
     * @param missed how many changes the subscriber missed, at least 1
     */
    default void recordLag(@Nullable String id, long missed) {}
}
