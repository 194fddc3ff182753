package io.containerstatus.reactive;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.spi.StatusCheckpoints;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One durable step in progress. It belongs to the lane and to no subscriber, so nothing cancels it. If it
 * ends while it is being started, the starting thread continues with the lane. Otherwise, the thread on which
 * it ends does.
 */
final class DurableStep implements CoreSubscriber<Object> {
    private static final int STARTING = 0;
    private static final int DETACHED = 1;
    private static final int ENDED = 2;

    private final Lane lane;
    private final Batch batch;
    private final AtomicInteger phase = new AtomicInteger(STARTING);
    private final long startedAt;
    /**
     * The run that resumes the lane when the step has ended. Allocated here, because there may be no memory
     * left then.
     */
    private final LaneRun next = LaneRun.ofStore();

    private long endedAt;
    private @Nullable Throwable failure;

    DurableStep(Lane lane, Batch batch) {
        this.lane = lane;
        this.batch = batch;
        next.step = this;
        next.batch = batch;
        startedAt = now();
    }

    private long now() {
        return lane.store().context().commitTimer().now();
    }

    /** Starts the step. Returns whether it has ended already. */
    boolean start(StatusCheckpoints checkpoints) {
        try {
            work(checkpoints).subscribe(this);
        } catch (Throwable thrown) {
            // An adapter must not throw. If it does, the step fails, and the lane continues.
            end(thrown);
        }
        return !phase.compareAndSet(STARTING, DETACHED);
    }

    private Publisher<Void> work(StatusCheckpoints checkpoints) {
        return switch (batch.kind()) {
            case CREATE -> checkpoints.create(lane.id(), batch.tip().status());
            case UPDATE -> checkpoints.write(lane.id(), batch.tip().status());
            case DELETE -> checkpoints.delete(lane.id());
        };
    }

    Batch batch() {
        return batch;
    }

    /** Returns whether the step has ended without a failure. */
    boolean hasSucceeded() {
        return phase.get() == ENDED && failure == null;
    }

    /** Returns the failure of the step, as a failure that the port allows; null if the step did not fail. */
    @Nullable
    StatusException failure() {
        Throwable thrown = failure;
        if (thrown == null
                || thrown instanceof NotWrittenException
                || thrown instanceof IndeterminateWriteException
                || thrown instanceof StatusTooLargeException
                || (thrown instanceof AlreadyExistsException && batch.kind() == OperationKind.CREATE)) {
            return (StatusException) thrown;
        }
        return new IndeterminateWriteException(
                lane.id(), "the adapter failed with an error that its contract does not allow", thrown);
    }

    /** Returns how long the step took. Valid once its end is recorded. */
    Duration elapsed() {
        return Duration.ofNanos(endedAt - startedAt);
    }

    /** Records the end of the step, and its outcome, in the health and the metrics of the store. */
    void record(@Nullable StatusException reported) {
        endedAt = now();
        CheckpointStore store = lane.store();
        store.writeHealth().recordWrite(reported);
        Duration waited = Duration.ofNanos(startedAt - batch.waitingSince());
        store.context()
                .metrics()
                .recordWrite(lane.id(), batch.kind(), batch.operations().size(), waited, elapsed(), reported);
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
        if (phase.getAndSet(ENDED) == DETACHED) {
            lane.resume(next);
        }
    }
}
