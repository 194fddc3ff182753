package io.containerstatus.reactive;

import io.containerstatus.fs.internal.DroppedErrors;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One subscriber to changes: its demand, and the drain in which it gets its signals one after the other. The publishing
 * side only wakes it; the drain runs on the subscriber's own scheduler, so what the subscriber does there holds up
 * nobody else.
 */
abstract class ChangeSubscription implements Subscription, Runnable {
    private static final AtomicLongFieldUpdater<ChangeSubscription> REQUESTED =
            AtomicLongFieldUpdater.newUpdater(ChangeSubscription.class, "requested");
    private static final AtomicIntegerFieldUpdater<ChangeSubscription> DRAIN =
            AtomicIntegerFieldUpdater.newUpdater(ChangeSubscription.class, "drain");

    private static final int IDLE = 0;
    private static final int DRAINING = 1;
    private static final int DRAIN_AGAIN = 2;
    /** No drain any more: the lane tells each change when it commits it, see {@link #hear}. */
    private static final int DIRECT = 3;

    private final CoreSubscriber<? super StatusChange> actual;
    private final Subscribers registry;
    private final Signals signals;
    private final @Nullable Scheduler scheduler;
    private final ChangeFilter filter;
    private final boolean directly;
    private final boolean sleepsWithoutDemand;
    private volatile long requested;
    private volatile boolean done;
    /** Why the stream must end at once: a demand that breaks the rules, or a change that it could not hear of. */
    private volatile @Nullable Throwable failure;
    /** Its index in the registry, which alone uses it. */
    private int registeredAt;
    /** The revision told last since there is no drain any more; 0 before that. The lane's alone. */
    private long told;
    /** Draining from the beginning: no signal before {@link #start}. */
    private volatile int drain = DRAINING;

    /** Creates one that hears of every commit in a store. */
    ChangeSubscription(
            CoreSubscriber<? super StatusChange> actual,
            Subscribers registry,
            Signals signals,
            Delivery delivery,
            ChangeFilter filter) {
        this(
                actual,
                registry,
                signals,
                delivery,
                filter,
                /* ofOneContainer= */ false,
                /* sleepsWithoutDemand= */ false);
    }

    /** Creates it; one that {@code sleepsWithoutDemand} finds all it needs when it looks again at its next demand. */
    ChangeSubscription(
            CoreSubscriber<? super StatusChange> actual,
            Subscribers registry,
            Signals signals,
            Delivery delivery,
            ChangeFilter filter,
            boolean ofOneContainer,
            boolean sleepsWithoutDemand) {
        this.actual = actual;
        this.registry = registry;
        this.signals = signals;
        this.scheduler = delivery.scheduler();
        this.filter = filter;
        this.directly = ofOneContainer && scheduler == Schedulers.immediate() && filter.equals(ChangeFilter.NONE);
        this.sleepsWithoutDemand = sleepsWithoutDemand;
    }

    final ChangeFilter filter() {
        return filter;
    }

    final void registeredAt(int index) {
        registeredAt = index;
    }

    final int registeredAt() {
        return registeredAt;
    }

    /** Registers, looks at what stands, and lets the signals flow; in this order, so that no commit falls between. */
    final void start() {
        actual.onSubscribe(this);
        try {
            registry.add(this);
            if (done) {
                registry.remove(this);
                return;
            }
            look();
        } catch (Throwable thrown) {
            failure = thrown;
        }
        dispatch();
    }

    /** Looks at what stands at the subscription, which is registered and not yet draining. */
    abstract void look();

    /** Returns whether a commit is of no concern to it at this moment. Asked for each subscriber at each commit. */
    final boolean sleeps() {
        return sleepsWithoutDemand && requested == 0;
    }

    /**
     * Hears of a commit, on the thread that published it; for one container, one after the other.
     *
     * <p>That order is all that a stream of one container needs whose subscriber takes everything at once on the committing
     * thread: from its first commit on it is told what it hears, and nothing else happens in between. (But for a demand that
     * breaks the rules, of which it is told with the next commit or the end.)
     */
    final void hear(ContainerLane lane, StatusChange change) {
        if (drain == DIRECT) {
            tell(change);
        } else if (filter.passes(change)) {
            onCommit(lane, change);
            if (directly && requested == Long.MAX_VALUE && DRAIN.compareAndSet(this, IDLE, DRAINING)) {
                // What waited for a demand that came at this very moment. EmitAgainstRequestForEverything
                deliverOrAbandon();
                drain = DIRECT;
            }
        }
    }

    private void tell(StatusChange change) {
        if (done || change.revision() <= lastTold()) {
            return;
        }
        told = change.revision();
        if (failure != null) {
            endDirectly();
            return;
        }
        try {
            actual.onNext(change);
        } catch (Throwable thrown) {
            abandon(thrown);
        }
        if (change.kind() == StatusChange.Kind.DELETED) {
            endDirectly();
        }
    }

    private long lastTold() {
        return told != 0 ? told : lastKnown();
    }

    private void endDirectly() {
        if (done) {
            return;
        }
        cancel();
        Throwable reason = failure;
        try {
            if (reason != null) {
                actual.onError(reason);
            } else {
                actual.onComplete();
            }
        } catch (Throwable thrown) {
            abandon(thrown);
        }
    }

    /** Hears that no commit will follow, on the thread that would publish it. */
    final void hearEnd() {
        if (drain == DIRECT) {
            endDirectly();
        } else {
            wake();
        }
    }

    /**
     * Ends the stream with this error, as soon as its subscriber lets it: it could not hear of a change, or none follows
     * that it could hear of. Never throws.
     */
    final void fail(Throwable reason) {
        failure = reason;
        try {
            if (drain == DIRECT) {
                endDirectly();
            } else {
                wake();
            }
        } catch (Throwable thrown) {
            abandon(thrown);
        }
    }

    /** Hears of a commit that the filter lets through. */
    abstract void onCommit(ContainerLane lane, StatusChange change);

    /** Returns why the stream must end at once, or null. Called in the drain only, as those below. */
    @Nullable
    Throwable lagFailure() {
        return null;
    }

    /** Returns whether no commit will come after those that can be polled. */
    abstract boolean hasEnded();

    /** Returns the revision that was told or seen last of the one container that the stream is about; 0 for none. */
    long lastKnown() {
        return 0;
    }

    /** Returns whether a stream that has ended still has something to poll. */
    abstract boolean hasNext();

    /** Returns the next signal, or null if there is none now. */
    abstract @Nullable StatusChange poll();

    final boolean hasDemand() {
        return requested != 0;
    }

    @Override
    public final void request(long n) {
        if (done) {
            return; // A drain under way would take it for demand (rule 3.6). RequestAfterCancelTest
        }
        if (n > 0) {
            Operators.addCap(REQUESTED, this, n);
        } else {
            failure = new IllegalArgumentException("requested " + n + "; demand must be positive (rule 3.9)");
        }
        wake();
    }

    @Override
    public final void cancel() {
        done = true;
        registry.remove(this);
    }

    /** Has the drain look again; starts it if it is idle. */
    final void wake() {
        int now;
        do {
            now = drain;
            if (now >= DRAIN_AGAIN) {
                return;
            }
        } while (!DRAIN.compareAndSet(this, now, now + 1));
        if (now == IDLE) {
            dispatch();
        }
    }

    /** Has the drain run, on this thread if no other one can be had. */
    private void dispatch() {
        if (scheduler != null) {
            Signals.run(this, scheduler);
        } else {
            signals.run(this);
        }
    }

    /** Ends this stream without a signal: its subscriber has thrown, so it gets none any more. */
    private void abandon(Throwable thrown) {
        cancel();
        DroppedErrors.drop(thrown, actual.currentContext());
    }

    @Override
    public final void run() {
        deliverOrAbandon();
        while (!DRAIN.compareAndSet(this, DRAINING, IDLE)) {
            drain = DRAINING;
            deliverOrAbandon();
        }
    }

    private void deliverOrAbandon() {
        try {
            deliver();
        } catch (Throwable thrown) {
            // A subscriber may not throw; one that does ends its own stream only.
            abandon(thrown);
        }
    }

    private void deliver() {
        while (!done) {
            StatusChange change = null;
            boolean complete = false;
            Throwable reason;
            try {
                // Before the failure: a change refused just before the end must not pass for a stream without gap.
                boolean ended = hasEnded();
                reason = failure != null ? failure : lagFailure();
                boolean demand = hasDemand();
                change = reason == null && demand ? poll() : null;
                complete = reason == null && change == null && ended && (demand || !hasNext());
            } catch (Throwable thrown) {
                // Not its subscriber's fault, so that hears of it.
                reason = thrown;
            }
            if (reason != null) {
                cancel();
                actual.onError(reason);
                return;
            }
            if (change == null) {
                if (complete) {
                    cancel();
                    actual.onComplete();
                }
                return;
            }
            Operators.produced(REQUESTED, this, 1);
            actual.onNext(change);
        }
    }
}
