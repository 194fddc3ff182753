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
 * One subscriber: its demand, its end, and the drain, which emits its signals one after the other. Whoever has something
 * for the subscriber calls {@link #wake}. The drain then polls the subclass for values as long as there is demand. This
 * is a superclass, so that the drain is no further object for each subscriber.
 *
 * <p>The state says which thread drains:
 *
 * <ul>
 *   <li>IDLE: none. {@link #wake} changes it to SCHEDULED, and hands the drain over to a thread.
 *   <li>SCHEDULED: none yet; the drain was handed over, or is about to be. The first thread that runs it changes the state
 *       to RUNNING. Any other thread that runs it does nothing, so a scheduler may run one task twice, or late. Each
 *       subscription begins here, so that no signal comes before {@link #begin}.
 *   <li>RUNNING: one thread polls and emits. When it finds nothing more, it changes the state to IDLE. {@link #wake}
 *       changes it to RUN_AGAIN.
 *   <li>RUN_AGAIN: the same thread; it changes the state to RUNNING, and polls again.
 * </ul>
 *
 * <p>When a hand-over or a run breaks off, as at the end of a stack, the state is SCHEDULED and {@link #brokenOff} is set:
 * it is uncertain whether a thread will come. The next call of {@link #wake} then runs the drain on the thread that
 * calls it, and the stream ends with what was thrown. So no stream goes on over a signal that was lost.
 *
 * <p>Whether the stream is over is no part of that state: it ends once, by a cancellation on any thread, or by the drain
 * before it emits the last signal. A subscriber may not throw. If it does, its stream is cancelled, and what it threw is a
 * dropped error.
 *
 * @param <T> the type of the values
 */
public abstract class SubscriberDrain<T> implements Subscription, Runnable, Scannable {
    @SuppressWarnings("rawtypes") // A class literal has no type arguments.
    private static final AtomicLongFieldUpdater<SubscriberDrain> REQUESTED =
            AtomicLongFieldUpdater.newUpdater(SubscriberDrain.class, "requested");

    @SuppressWarnings("rawtypes") // As above.
    private static final AtomicIntegerFieldUpdater<SubscriberDrain> STATE =
            AtomicIntegerFieldUpdater.newUpdater(SubscriberDrain.class, "state");

    @SuppressWarnings("rawtypes") // As above.
    private static final AtomicIntegerFieldUpdater<SubscriberDrain> END =
            AtomicIntegerFieldUpdater.newUpdater(SubscriberDrain.class, "end");

    @SuppressWarnings("rawtypes") // As above.
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
    /** Why the stream is to end; the first failure counts. */
    private volatile @Nullable Throwable failure;

    /** Creates it, with no signal before {@link #begin}. */
    protected SubscriberDrain(CoreSubscriber<? super T> actual) {
        this.actual = actual;
    }

    /** Has a thread call {@link #run}: a scheduler's, or this one if no other can be had. */
    protected abstract void handOver();

    /** Gives back what the subscription holds. Called once: before the last signal, or by whoever cancels. */
    protected abstract void release(@Nullable Throwable failure);

    /**
     * Returns the next value, or null if there is none now. Called with demand only, and in the drain only, as are the
     * three below. What it throws ends the stream.
     */
    protected abstract @Nullable T poll();

    /** Returns whether no value will come after those that can be polled. */
    protected boolean hasEnded() {
        return false;
    }

    /** Returns whether a stream that has ended still has something to poll. */
    protected boolean hasNext() {
        return false;
    }

    /** Returns why the stream must end at once although nobody has called {@link #failWith}; null if it need not. */
    protected @Nullable Throwable lagFailure() {
        return null;
    }

    /**
     * Is told that a hand-over or a run broke off; the failure is noted. By default it throws on, to whoever called. The
     * stack may be at its end.
     */
    protected void onBrokenOff(Throwable thrown) {
        throw Exceptions.propagate(thrown);
    }

    /** Has {@link #begin} end the stream with this error. An assignment only: the stack may be at its end. */
    protected final void failBeforeBegin(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    /** Lets the signals flow. */
    protected final void begin() {
        state = IDLE;
        wake();
    }

    /** Has the drain look for something to signal; hands it over if it is idle. */
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

    /** Notes that the drain may not have been handed over, so that the next to wake it runs it, and the stream ends. */
    protected final void breakOff(Throwable thrown) {
        // No call before this is done: the stack may be at its end.
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

    /** Returns whether {@link #wake} has to be called again, because something broke off. */
    protected final boolean isBrokenOff() {
        return brokenOff;
    }

    /** Drains if no other thread has begun to. */
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
            // No call before the state is left: the stack may be at its end. This thread alone can leave RUNNING.
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
                // Before the failure: a value refused just before the end must not pass for a stream without gap.
                boolean ended = hasEnded();
                reason = failure != null ? failure : lagFailure();
                boolean demand = hasDemand();
                value = reason == null && demand ? poll() : null;
                complete = reason == null && value == null && ended && (demand || !hasNext());
            } catch (Throwable thrown) {
                // Not its subscriber's fault, so that hears of it.
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

    /** Returns false if the stream was over before. */
    private boolean terminate(int how, @Nullable Throwable reason) {
        if (!END.compareAndSet(this, OPEN, how)) {
            return false;
        }
        release(reason);
        return true;
    }

    /** Ends the stream without a signal: its subscriber has thrown, so it gets none any more. */
    protected final void abandon(Throwable thrown) {
        cancel();
        DroppedErrors.drop(thrown, actual.currentContext());
    }

    /**
     * Ends the stream with this error, in the order of its signals, whether there is demand or not.
     *
     * @return false if the stream is over or fails already; then nobody will be told of this error
     */
    protected final boolean failWith(Throwable reason) {
        boolean first = end == OPEN && FAILURE.compareAndSet(this, null, reason);
        wake();
        return first;
    }

    @Override
    public void request(long n) {
        if (end != OPEN) {
            return; // A drain under way would take it for demand (rule 3.6). RequestAfterCancelTest
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

    /** Returns whether no signal follows, apart from one that may be under way. */
    protected final boolean isOver() {
        return end != OPEN;
    }

    @Override
    @SuppressWarnings("rawtypes") // As it is inherited.
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
