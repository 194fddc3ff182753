package io.containerstatus.reactive;

import io.containerstatus.StatusException;
import io.containerstatus.fs.internal.DroppedErrors;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;

/**
 * One subscription to one of the Monos: waits in its container's lane, is claimed or cancelled, gets a result, signals
 * it. Whoever wins the claim decides: a cancelled operation never runs, a claimed one is carried to its end.
 */
abstract sealed class Operation<T> implements Subscription, Runnable, Scannable
        permits CreateOperation, UpdateOperation, DeleteOperation, CloseOperation {
    @SuppressWarnings("rawtypes") // A class literal has no type arguments.
    private static final AtomicIntegerFieldUpdater<Operation> TAKEN =
            AtomicIntegerFieldUpdater.newUpdater(Operation.class, "taken");

    @SuppressWarnings("rawtypes") // As above.
    private static final AtomicIntegerFieldUpdater<Operation> STAGE =
            AtomicIntegerFieldUpdater.newUpdater(Operation.class, "stage");

    /** Neither a demand nor a value to signal. */
    private static final int NOTHING = 0;

    private static final int DEMANDED = 1;
    /** A value waits for a demand. */
    private static final int WAITING = 2;

    /** Signalled: no signal follows, as after the next one. */
    private static final int OVER = 3;

    private static final int CANCELLED = 4;

    // Values of taken.
    private static final int CLAIMED = 1;

    private static final int EMITTED = 2;

    private final CoreSubscriber<? super T> actual;
    private volatile int taken;
    private volatile int stage;
    private @Nullable T value;
    private @Nullable Throwable error;
    /** Whether its result is set for good, and a run will emit it; only the owner of the lane uses it. */
    boolean hasEnded;

    private long submittedAt;
    /** The next operation in the list that this one is in; only the owner of the lane uses it. */
    @Nullable
    Operation<?> neighbour;

    Operation(CoreSubscriber<? super T> actual) {
        this.actual = actual;
    }

    /** Hands itself to the subscriber and then, unless that cancels at once or there is no lane for it, to its lane. */
    final void start(Supplier<? extends Lane> lanes) {
        actual.onSubscribe(this);
        if (isTaken()) {
            return;
        }
        Lane lane;
        try {
            lane = lanes.get();
        } catch (StatusException refused) {
            fail(refused);
            signal();
            return;
        }
        if (isSynced()) {
            submittedAt = lane.store().context().commitTimer().now();
        }
        enter(lane);
    }

    /** Returns when an operation that reaches the disk was submitted, in nanoseconds of the store's timer. */
    final long submittedAt() {
        return submittedAt;
    }

    /**
     * Executes it on the tip of the batch: it ends in the run, joins the batch, or moves to the lane that has replaced this
     * one. Only the owner of the lane calls it, on a claimed operation; one that is exclusive finds the batch empty.
     */
    abstract void execute(ContainerLane lane, Batch batch, LaneRun run);

    /** Returns what its durable step does. */
    abstract OperationKind kind();

    void enter(Lane lane) {
        lane.submit(this);
    }

    /** Returns whether it is claimed or cancelled. */
    final boolean isTaken() {
        return taken != 0;
    }

    /** Returns true to the first caller only: the lane, which then runs it, or the canceller, which prevents that. */
    final boolean claim() {
        return TAKEN.compareAndSet(this, 0, CLAIMED);
    }

    /** Returns whether it shares its durable step with no other operation: updates do. */
    final boolean isExclusive() {
        return !(this instanceof UpdateOperation);
    }

    /** Returns whether it is there to reach the disk. */
    boolean isSynced() {
        return true;
    }

    /** Ends an operation that no lane could be found for: it was never executed. */
    void abandon(Throwable reason) {
        fail(reason);
        run();
    }

    /** Undoes the claim, for another lane to run it unless it was cancelled meanwhile. */
    final void release() {
        if (stage < OVER) {
            taken = 0;
        }
    }

    /** Sets the result; a later one replaces it until it is signalled. */
    final void succeed(@Nullable T result) {
        value = result;
        error = null;
    }

    final void fail(Throwable failure) {
        error = failure;
    }

    /** Emits the result, as {@link #signal}, for a scheduler that may have run this before it failed: once only. */
    @Override
    public final void run() {
        if (TAKEN.getAndSet(this, EMITTED) != EMITTED) {
            signal();
        }
    }

    /** Signals the result to the subscriber. Called at most once, and by no thread that owns a lane. */
    final void signal() {
        try {
            signalResult();
        } catch (Throwable thrown) {
            // A subscriber may not throw; the signals of others may come after this one on the same thread.
            DroppedErrors.drop(thrown, actual.currentContext());
            Exceptions.throwIfJvmFatal(thrown);
        }
    }

    private void signalResult() {
        if (error != null) {
            signalError(error);
        } else if (value == null) {
            if (isFirstToEnd()) {
                actual.onComplete();
            }
        } else if (stage == DEMANDED || !STAGE.compareAndSet(this, NOTHING, WAITING)) {
            // A cancellation at this very moment comes too late, as it does a moment later.
            emitUnlessOver();
        }
    }

    private void signalError(Throwable failure) {
        if (isFirstToEnd()) {
            actual.onError(failure);
        } else {
            // Nobody is there to be told; what a write came to must not vanish in silence.
            DroppedErrors.drop(failure, actual.currentContext());
        }
    }

    private void emitUnlessOver() {
        if (stage < OVER) {
            STAGE.lazySet(this, OVER);
            actual.onNext(value);
            actual.onComplete();
        }
    }

    /** Returns whether it was not over yet. */
    private boolean isFirstToEnd() {
        int now = stage;
        while (now < OVER && !STAGE.compareAndSet(this, now, OVER)) {
            now = stage;
        }
        return now < OVER;
    }

    @Override
    public final void request(long n) {
        if (!Operators.validate(n)) {
            return;
        }
        if (!STAGE.compareAndSet(this, NOTHING, DEMANDED) && STAGE.compareAndSet(this, WAITING, DEMANDED)) {
            emitUnlessOver();
        }
    }

    /** Prevents the operation if its turn has not come; else drops its result. */
    @Override
    public final void cancel() {
        claim();
        if (stage != OVER) {
            stage = CANCELLED;
        }
    }

    @Override
    @SuppressWarnings("rawtypes") // As it is inherited.
    public final @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.ACTUAL) {
            return actual;
        }
        if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
            return stage == DEMANDED ? 1L : 0L;
        }
        if (key == Attr.TERMINATED) {
            return stage == OVER;
        }
        if (key == Attr.CANCELLED) {
            return stage == CANCELLED;
        }
        if (key == Attr.ERROR) {
            return error;
        }
        return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
    }
}
