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
 * One subscription to one of the Monos. It waits in the lane of its container, is claimed or cancelled, gets
 * a result, and signals it. The lane and the canceller compete for the claim: a cancelled operation never
 * runs, and a claimed one runs to its end.
 */
abstract sealed class Operation<T> implements Subscription, Runnable, Scannable
        permits CreateOperation, UpdateOperation, DeleteOperation, CloseOperation {
    @SuppressWarnings("rawtypes") // A class literal has no type arguments.
    private static final AtomicIntegerFieldUpdater<Operation> TAKEN =
            AtomicIntegerFieldUpdater.newUpdater(Operation.class, "taken");

    @SuppressWarnings("rawtypes") // As above.
    private static final AtomicIntegerFieldUpdater<Operation> STAGE =
            AtomicIntegerFieldUpdater.newUpdater(Operation.class, "stage");

    /** Neither demand nor a value to emit. */
    private static final int NOTHING = 0;

    private static final int DEMANDED = 1;
    /** A value waits for demand. */
    private static final int WAITING = 2;

    /** The result was signalled. No signal follows, and neither does one after CANCELLED. */
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
    /** Whether its result is final, and a run will emit it. Used by the owner of the lane only. */
    boolean hasEnded;

    private long submittedAt;
    /** The next operation in the list that this one is in. Used by the owner of the lane only. */
    @Nullable
    Operation<?> neighbour;

    Operation(CoreSubscriber<? super T> actual) {
        this.actual = actual;
    }

    /**
     * Passes itself to {@code onSubscribe}, and then enters its lane, unless it was cancelled by then. If
     * there is no lane for it, fails.
     */
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

    /**
     * Returns when a synced operation was submitted, in nanoseconds of the store's timer; 0 for any other operation.
     */
    final long submittedAt() {
        return submittedAt;
    }

    /**
     * Executes the operation on the tip of the batch. It then ends in the run, joins the batch, or moves to
     * the lane that has replaced this one. Only the owner of the lane calls this, for a claimed operation.
     * For an exclusive operation, the batch is empty.
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

    /**
     * Returns true to the first caller only: the lane, which then runs the operation, or the canceller, which
     * prevents that.
     */
    final boolean claim() {
        return TAKEN.compareAndSet(this, 0, CLAIMED);
    }

    /** Returns whether it has its durable step for itself. Only updates share one. */
    final boolean isExclusive() {
        return !(this instanceof UpdateOperation);
    }

    /** Returns whether it is to reach the disk. */
    boolean isSynced() {
        return true;
    }

    /** Ends an operation that was never executed, because there is no lane for it. */
    void abandon(Throwable reason) {
        fail(reason);
        run();
    }

    /** Undoes the claim, so that another lane can run the operation, unless it was cancelled meanwhile. */
    final void release() {
        if (stage < OVER) {
            taken = 0;
        }
    }

    /** Sets the result. A later one replaces it until it is signalled. */
    final void succeed(@Nullable T result) {
        value = result;
        error = null;
    }

    final void fail(Throwable failure) {
        error = failure;
    }

    /** Emits the result as {@link #signal} does, but once only: a scheduler may run this task and then fail. */
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
            // A subscriber must not throw. If it does, this must not prevent later signals to others on this thread.
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
            // A cancellation at this moment may come too late, just as one a moment later.
            emitUnlessOver();
        }
    }

    private void signalError(Throwable failure) {
        if (isFirstToEnd()) {
            actual.onError(failure);
        } else {
            // The subscriber has cancelled. The outcome of a write must not be lost silently.
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

    /** Returns whether this call has ended the operation. */
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

    /** Prevents the operation if it is not claimed yet. Otherwise, drops its result. */
    @Override
    public final void cancel() {
        claim();
        if (stage != OVER) {
            stage = CANCELLED;
        }
    }

    @Override
    @SuppressWarnings("rawtypes") // The inherited signature is raw.
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
