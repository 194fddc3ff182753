package io.containerstatus.reactive;

import io.containerstatus.spi.StatusCheckpoints;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One durable step under way. It belongs to the lane and to no subscriber: nothing cancels it. If it ends while it is
 * being started, the starting thread goes on with the lane, else the thread on which it ends.
 */
final class DiskStep implements CoreSubscriber<Object> {
    private static final int STARTING = 0;
    private static final int DETACHED = 1;
    private static final int ENDED = 2;

    private final Lane lane;
    private final Batch batch;
    private final AtomicInteger phase = new AtomicInteger(STARTING);
    private final long startedAt;
    private long endedAt;
    private @Nullable Throwable failure;

    DiskStep(Lane lane, Batch batch) {
        this.lane = lane;
        this.batch = batch;
        startedAt = now();
    }

    private long now() {
        return lane.store().settings().commitTimer().now();
    }

    /** Starts the step; returns whether it has ended already. */
    boolean start(StatusCheckpoints checkpoints) {
        try {
            Commit tip = batch.tip();
            Publisher<Void> work =
                    tip.isLive() ? checkpoints.write(lane.id(), tip.status()) : checkpoints.delete(lane.id());
            work.subscribe(this);
        } catch (Throwable thrown) {
            // An adapter may not throw; one that does must not take the lane with it.
            end(thrown);
        }
        return !phase.compareAndSet(STARTING, DETACHED);
    }

    Batch batch() {
        return batch;
    }

    /** Returns whether it has ended. */
    boolean hasEnded() {
        return phase.get() == ENDED;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    Duration elapsed() {
        return Duration.ofNanos(endedAt - startedAt);
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Object ignored) {
        // A Publisher<Void> has no elements.
    }

    @Override
    public void onError(Throwable thrown) {
        end(Objects.requireNonNull(thrown));
    }

    @Override
    public void onComplete() {
        end(null);
    }

    private void end(@Nullable Throwable thrown) {
        if (phase.get() == ENDED) {
            return;
        }
        failure = thrown;
        endedAt = now();
        if (phase.getAndSet(ENDED) == DETACHED) {
            lane.resume(this);
        }
    }
}
