package io.containerstatus.reactive;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Records what a store does. Every method has an empty default, is called on the store's own threads or on a caller's,
 * concurrently for different containers, and must neither block nor throw; what it throws is dropped.
 */
public interface StatusMetrics {

    /**
     * A write or deletion ended.
     *
     * @param operations how many operations shared it, at least 1
     * @param elapsed how long it took, queueing in the adapter included
     * @param failure why it failed, or null
     */
    default void written(int operations, Duration elapsed, @Nullable Throwable failure) {}

    /**
     * Changes were committed to memory and published.
     *
     * @param changes how many, at least 1
     */
    default void committed(int changes) {}

    /** An operation was refused because too many of its container were pending. */
    default void refused() {}

    /**
     * A subscriber that asked for every change was cut off.
     *
     * @param missed how many changes it missed, at least 1
     */
    default void lagged(long missed) {}
}
