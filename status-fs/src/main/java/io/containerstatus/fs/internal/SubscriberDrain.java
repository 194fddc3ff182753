package io.containerstatus.fs.internal;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;

/**
 * One subscription: its demand, its end, and its drain, which emits the signals one after the other. When there
 * is something to emit, {@link #wake} must be called. The drain then polls the subclass for values as long as
 * there is demand. This is a superclass, so that a subscription needs no second object for its drain.
 *
 * <p>The state says which thread drains:
 *
 * <ul>
 * <li>IDLE: no thread. {@link #wake} changes the state to SCHEDULED, and hands the drain over to a thread.
 * <li>SCHEDULED: no thread yet; the drain was handed over, or is about to be. The first thread that runs it
 *   changes the state to RUNNING. Any other thread that runs it does nothing, so a scheduler may run one task
 *   twice, or late. Each subscription begins in this state, so that there is no signal before {@link #begin}.
 * <li>RUNNING: one thread polls and emits. If it finds nothing more, it changes the state to IDLE.
 *   {@link #wake} changes it to RUN_AGAIN.
 * <li>RUN_AGAIN: the same thread still runs. It changes the state to RUNNING, and polls again.
 * </ul>
 *
 * <p>If a hand-over or a run breaks off, for example by a stack overflow, the state is SCHEDULED and
 * {@link #brokenOff} is set: it is uncertain whether a thread will come. The next call of {@link #wake} then runs
 * the drain on its own thread, and the stream ends with what was thrown. So no stream continues after a lost signal.
 *
 * <p>The end of the stream is not part of that state. A stream ends once: by a cancellation on any thread, or
 * by the drain before it emits the last signal. A subscriber must not throw. If it does, its stream is
 * cancelled, and the throwable is a dropped error.
 *
 * @param <T> the type of the values
 */
public abstract class SubscriberDrain<T> implements Subscription, Runnable, Scannable {
    @SuppressWarnings("rawtypes") // A class literal has no type arguments.
    private static final AtomicLongFieldUpdater<SubscriberDrain> REQUESTED =
            AtomicLongFieldUpdater.newUpdater(SubscriberDrain.class, "requested");

    @SuppressWarnings("rawtypes") // A class literal has no type arguments.
    private static final AtomicIntegerFieldUpdater<SubscriberDrain> STATE =
            AtomicIntegerFieldUpdater.newUpdater(SubscriberDrain.class, "state");

    @SuppressWarnings("rawtypes") // A class literal has no type arguments.
    private static final AtomicIntegerFieldUpdater<SubscriberDrain> END =
            AtomicIntegerFieldUpdater.newUpdater(SubscriberDrain.class, "end");

    @SuppressWarnings("rawtypes") // A class literal has no type arguments.
    private static final AtomicReferenceFieldUpdater<SubscriberDrain, Throwable> FAILURE =
            AtomicReferenceFieldUpdater.newUpdater(SubscriberDrain.class, Throwable.class, "failure");

    // wake() adds 1: IDLE becomes SCHEDULED, and RUNNING becomes RUN_AGAIN.
    private static final int IDLE = 0;
    private static final int SCHEDULED = 1;
    private static final int RUNNING = 2;
    private static final int RUN_AGAIN = 3;

    // Values of end.
    private static final int OPEN = 0;
    private static final int CANCELLED = 1;
    private static final int TERMINATED = 2;

    private final CoreSubscriber<? super T> actual;
    private volatile long requested;
    private volatile int state = SCHEDULED;
    private volatile int end = OPEN;
    /** Whether it is uncertain that a thread will run the drain, though it is scheduled. */
    private volatile boolean brokenOff;
    /** Why the stream must end; the first failure counts. */
    private volatile @Nullable Throwable failure;

    /** Creates a subscription, which emits no signal before {@link #begin}. */
    protected SubscriberDrain(CoreSubscriber<? super T> actual) {
        this.actual = actual;
    }

    /**
     * Hands the drain to a thread that calls {@link #run}: a scheduler's, or this thread if no other can be started.
     */
    protected abstract void handOver();

    /**
     * Releases the resources of the subscription. Called once: before the last signal, or by the cancelling thread.
     */
    protected abstract void release(@Nullable Throwable failure);

    /**
     * Returns the next value; null if there is none now. Called only in the drain, and only with demand. The
     * next three methods are called only in the drain, too. If one of these methods throws, the stream ends
     * with the throwable.
     */
    protected abstract @Nullable T poll();

    /** Returns whether no value will come after the values that can be polled now. */
    protected boolean hasEnded() {
        return false;
    }

    /** Returns whether there is still a value to poll after {@link #hasEnded}. */
    protected boolean hasNext() {
        return false;
    }

    /**
     * Returns the failure with which the stream must end at once, although {@link #failWith} was not called; null if
     * there is none.
     */
    protected @Nullable Throwable lagFailure() {
        return null;
    }

    /**
     * Called when a hand-over or a run broke off; the failure is already recorded. By default, rethrows it to
     * the caller. The stack may be nearly full.
     */
    protected void onBrokenOff(Throwable thrown) {
        throw Exceptions.propagate(thrown);
    }

    /**
     * Makes {@link #begin} end the stream with this error. Only assigns a field, because the stack may be nearly full.
     */
    protected final void failBeforeBegin(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    /** Allows signals to be emitted. */
    protected final void begin() {
        state = IDLE;
        wake();
    }

    /** Makes the drain check for something to emit. Hands it over if it is idle. */
    protected final void wake() {
        int now;
        do {
            now = state;
            if (now == RUN_AGAIN) {
                return;
            }
            if (now == SCHEDULED) {
                if (brokenOff) {
                    run();
                }
                return;
            }
        } while (!STATE.compareAndSet(this, now, now + 1));
        if (now == IDLE) {
            try {
                handOver();
            } catch (Throwable thrown) {
                breakOff(thrown);
            }
        }
    }

    /**
     * Records that the drain may not have been handed over. The next call of {@link #wake} then runs it,
     * and the stream ends.
     */
    protected final void breakOff(Throwable thrown) {
        // No call before these assignments, because the stack may be nearly full.
        if (failure == null) {
            failure = thrown;
        }
        brokenOff = true;
        onBrokenOff(thrown);
    }

    /** Returns whether the drain waits for a thread. */
    protected final boolean isScheduled() {
        return state == SCHEDULED;
    }

    /** Returns whether {@link #wake} must be called again, because a hand-over or a run broke off. */
    protected final boolean isBrokenOff() {
        return brokenOff;
    }

    /** Drains, unless another thread has already begun to. */
    @Override
    public final void run() {
        if (state != SCHEDULED || !STATE.compareAndSet(this, SCHEDULED, RUNNING)) {
            return;
        }
        brokenOff = false;
        try {
            deliverOrAbandon();
            while (!STATE.compareAndSet(this, RUNNING, IDLE)) {
                state = RUNNING;
                deliverOrAbandon();
            }
        } catch (Throwable thrown) {
            // No call before these assignments, because the stack may be nearly full. Only this thread
            // can leave RUNNING.
            if (failure == null) {
                failure = thrown;
            }
            brokenOff = true;
            state = SCHEDULED;
            onBrokenOff(thrown);
        }
    }

    private void deliverOrAbandon() {
        try {
            deliver();
        } catch (Throwable thrown) {
            abandon(thrown);
        }
    }

    private void deliver() {
        while (end == OPEN) {
            T value = null;
            boolean complete = false;
            Throwable reason;
            try {
                // The end is read before the failure: if a value is refused just before the end, the stream must
                // fail, and not complete as if nothing were missing.
                boolean ended = hasEnded();
                reason = failure != null ? failure : lagFailure();
                boolean demand = hasDemand();
                value = reason == null && demand ? poll() : null;
                complete = reason == null && value == null && ended && (demand || !hasNext());
            } catch (Throwable thrown) {
                // The subscriber is not at fault, so it receives the error.
                reason = thrown;
            }
            if (reason != null) {
                fail(reason);
            } else if (complete) {
                complete();
            } else if (value == null) {
                return;
            } else if (end == OPEN) {
                Operators.produced(REQUESTED, this, 1);
                actual.onNext(value);
            }
        }
    }

    private void fail(Throwable reason) {
        failure = reason;
        if (terminate(TERMINATED, reason)) {
            actual.onError(reason);
        }
    }

    private void complete() {
        if (terminate(TERMINATED, null)) {
            actual.onComplete();
        }
    }

    /** Ends the stream in this way. Returns false if it was already over. */
    private boolean terminate(int how, @Nullable Throwable reason) {
        if (!END.compareAndSet(this, OPEN, how)) {
            return false;
        }
        release(reason);
        return true;
    }

    /** Ends the stream without a signal, because its subscriber has thrown and must receive no further signal. */
    protected final void abandon(Throwable thrown) {
        cancel();
        DroppedErrors.drop(thrown, actual.currentContext());
    }

    /**
     * Ends the stream with this error after the signal in progress, whether or not there is demand.
     *
     * @return false if the stream is over or already fails; then this error is not emitted
     */
    protected final boolean failWith(Throwable reason) {
        boolean first = end == OPEN && FAILURE.compareAndSet(this, null, reason);
        wake();
        return first;
    }

    @Override
    public void request(long n) {
        if (end != OPEN) {
            return; // A drain in progress would count it as demand (rule 3.6). Covered by RequestAfterCancelTest.
        }
        if (n > 0) {
            Operators.addCap(REQUESTED, this, n);
            wake();
        } else {
            failWith(new IllegalArgumentException("requested " + n + "; demand must be positive (rule 3.9)"));
        }
    }

    @Override
    public final void cancel() {
        terminate(CANCELLED, null);
    }

    protected final CoreSubscriber<? super T> actual() {
        return actual;
    }

    protected final boolean hasDemand() {
        return requested != 0;
    }

    /** Returns whether no further signal follows, except one that may be in progress. */
    protected final boolean isOver() {
        return end != OPEN;
    }

    @Override
    @SuppressWarnings("rawtypes") // The inherited method has a raw type.
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.ACTUAL) {
            return actual;
        }
        if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
            return requested;
        }
        if (key == Attr.TERMINATED) {
            return end == TERMINATED;
        }
        if (key == Attr.CANCELLED) {
            return end == CANCELLED;
        }
        if (key == Attr.ERROR) {
            return failure;
        }
        return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
    }
}
