package io.containerstatus.reactive;

import io.containerstatus.SubscriberLaggedException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * How a stream of changes treats a subscriber that is slower than the changes come. Whatever it is, no subscriber slows
 * down an update or another subscriber, and what a stalled one costs is bounded.
 *
 * <p>Immutable and threadsafe; each method returns a new object.
 *
 * <p>Why not a stock sink: {@code directBestEffort} loses the final state of a slow subscriber in silence, {@code
 * onBackpressureBuffer} lets the slowest subscriber stall all, {@code replay().latest()} keeps every value that a
 * stalled subscriber has not taken, and {@code publishOn} fills its queue with stale states.
 */
public final class Delivery {
    private static final Delivery LATEST = new Delivery(0, null, true);

    private final int maxLag;
    private final @Nullable Scheduler scheduler;
    private final boolean snapshot;

    private Delivery(int maxLag, @Nullable Scheduler scheduler, boolean snapshot) {
        this.maxLag = maxLag;
        this.scheduler = scheduler;
        this.snapshot = snapshot;
    }

    /**
     * Returns the default: a slow subscriber skips to the newest status of each container, is told how many changes it
     * skipped, and never misses the final one. Nothing is buffered for it.
     */
    public static Delivery latest() {
        return LATEST;
    }

    /**
     * Returns a delivery of every single change, in commit order. A subscriber that is behind by more changes than
     * allowed gets {@link SubscriberLaggedException} at once, without those it had not taken yet.
     *
     * @param maxLag how many changes may wait for the subscriber, at least 1. Updates that share one durable write are
     *     published together, so choose more than the store's {@code maxBatch} for a subscriber that must keep up with
     *     a container under load
     * @throws IllegalArgumentException if {@code maxLag} is less than 1
     */
    public static Delivery every(int maxLag) {
        if (maxLag < 1) {
            throw new IllegalArgumentException("maxLag " + maxLag + " is less than 1");
        }
        return new Delivery(maxLag, null, true);
    }

    /**
     * Returns this delivery with its signals on the scheduler instead of the store's signal scheduler. The scheduler is
     * not disposed by the store; if it refuses work, signals come on the thread that caused them.
     *
     * <p>With {@link reactor.core.scheduler.Schedulers#immediate()} signals come on the thread that commits the change.
     * This costs no hop, and it is the one way in which a subscriber that blocks can hold up the container's updates.
     */
    public Delivery on(Scheduler scheduler) {
        return new Delivery(maxLag, Objects.requireNonNull(scheduler, "scheduler"), snapshot);
    }

    /** Returns this delivery without the first {@link StatusChange.Kind#SNAPSHOT} of each container. */
    public Delivery changesOnly() {
        return new Delivery(maxLag, scheduler, false);
    }

    boolean isLatest() {
        return maxLag == 0;
    }

    int maxLag() {
        return maxLag;
    }

    boolean withSnapshot() {
        return snapshot;
    }

    @Nullable
    Scheduler scheduler() {
        return scheduler;
    }
}
