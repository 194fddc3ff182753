package io.containerstatus.fs;

import io.containerstatus.fs.internal.DroppedErrors;
import io.containerstatus.fs.internal.HandOver;
import java.nio.file.ClosedWatchServiceException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * One subscriber to the changes in a root: its demand, and the drain in which the root is looked at and the signals are
 * given, one after the other, on the I/O scheduler. Events and demand only wake the drain; each of its runs is a task of
 * its own, so an idle subscription holds no thread of a scheduler that was given.
 *
 * <p>Whatever fails, the first failure is kept, and the drain ends the stream with it. Where the scheduler does not run
 * the drain, the watcher's thread does: see {@link #check}.
 */
final class Following implements Subscription, Runnable {
    private static final AtomicLongFieldUpdater<Following> REQUESTED =
            AtomicLongFieldUpdater.newUpdater(Following.class, "requested");
    private static final AtomicIntegerFieldUpdater<Following> DRAIN =
            AtomicIntegerFieldUpdater.newUpdater(Following.class, "drain");
    private static final AtomicIntegerFieldUpdater<Following> SIGNALLING =
            AtomicIntegerFieldUpdater.newUpdater(Following.class, "signalling");
    private static final AtomicIntegerFieldUpdater<Following> OVER =
            AtomicIntegerFieldUpdater.newUpdater(Following.class, "over");
    private static final AtomicReferenceFieldUpdater<Following, Throwable> FAILURE =
            AtomicReferenceFieldUpdater.newUpdater(Following.class, Throwable.class, "failure");

    private static final int IDLE = 0;
    private static final int DRAINING = 1;
    private static final int DRAIN_AGAIN = 2;

    private final CoreSubscriber<? super FollowedChange> actual;
    private final Context context;
    private final FollowSettings settings;
    private final Watcher watcher;
    private final @Nullable ExecutorService ownExecutor;
    private final Scheduler scheduler;
    private final Supplier<Scheduler> schedulerSupplier;
    private volatile @Nullable FollowedRoot root;
    private volatile @Nullable Throwable failure;
    private volatile long requested;
    /** 1 once there are no more signals. */
    private volatile int over;
    /** Draining from the beginning: no signal before {@link #start}. */
    private volatile int drain = DRAINING;
    /** 1 while a thread looks or signals. */
    private volatile int signalling;
    /** Whether it is uncertain that the drain will run again. */
    private volatile boolean broken;

    Following(CoreSubscriber<? super FollowedChange> actual, FollowSettings settings) {
        this.actual = actual;
        this.context = actual.currentContext();
        this.settings = settings;
        this.watcher = new Watcher(settings, this);
        Scheduler given = settings.ioScheduler();
        if (given != null) {
            ownExecutor = null;
            scheduler = given;
        } else {
            ownExecutor = DaemonThreads.newExecutor("status-follow", 1, Integer.MAX_VALUE);
            scheduler = Schedulers.fromExecutorService(ownExecutor, "status-follow");
        }
        schedulerSupplier = () -> scheduler;
    }

    void start() {
        try {
            actual.onSubscribe(this);
        } catch (Throwable thrown) {
            cancel();
            throw thrown;
        }
        if (isOver()) {
            return;
        }
        try {
            watcher.start();
        } catch (Throwable thrown) {
            FAILURE.compareAndSet(this, null, thrown);
        }
        dispatch();
        // If there is no watcher, nobody else would end the stream.
        check();
    }

    boolean isOver() {
        return over != 0;
    }

    /** Has the drain look at this root from now on. Called by the watcher, as are the three below. */
    void begin(FollowedRoot root) {
        this.root = root;
        wake();
    }

    /** Has the drain look at what was hinted at, if there is demand; if not, the demand will. */
    void look() {
        if (requested != 0) {
            wake();
        }
    }

    /** Ends the stream, in the order of its signals, whether there is demand or not. */
    void fail(Throwable failure) {
        if (isOver() || !FAILURE.compareAndSet(this, null, failure)) {
            DroppedErrors.drop(failure, context);
        }
        wake();
    }

    /**
     * Ends the stream on this thread if the drain will not: it could not be given to the scheduler, or the scheduler was
     * disposed of, and may have forgotten it.
     */
    void check() {
        try {
            if (!broken && drain != IDLE && scheduler.isDisposed()) {
                FAILURE.compareAndSet(this, null, settings.unread("the I/O scheduler was disposed of", null));
                broken = true;
            }
        } catch (Throwable thrown) {
            breakOff(thrown);
        }
        if (broken) {
            signal();
        }
    }

    @Override
    public void request(long n) {
        try {
            if (isOver()) {
                return;
            }
            if (n > 0) {
                Operators.addCap(REQUESTED, this, n);
                wake();
            } else {
                fail(new IllegalArgumentException("requested " + n + "; demand must be positive (rule 3.9)"));
            }
        } catch (Throwable thrown) {
            // The caller's stack may have ended, in the midst of waking the drain.
            breakOff(thrown);
        }
    }

    @Override
    public void cancel() {
        if (terminate()) {
            settings.metrics().end(null);
        }
    }

    /** Gives back what the subscription holds; returns false if it was over before. */
    private boolean terminate() {
        if (!OVER.compareAndSet(this, 0, 1)) {
            return false;
        }
        // Whoever holds on to the subscription does not hold on to thousands of statuses.
        root = null;
        try {
            watcher.stop();
            shutDown();
        } catch (Throwable thrown) {
            // The watcher notices the end by itself, and shuts the executor down.
            DroppedErrors.drop(thrown, context);
        }
        return true;
    }

    /** Ends the subscription's own thread for looks and signals, once it has done its work. */
    void shutDown() {
        if (ownExecutor != null) {
            ownExecutor.shutdown();
        }
    }

    /** Has the drain look again; starts it if it is idle. */
    private void wake() {
        int now;
        do {
            now = drain;
            if (now == DRAIN_AGAIN) {
                return;
            }
        } while (!DRAIN.compareAndSet(this, now, now + 1));
        if (now == IDLE) {
            dispatch();
        }
    }

    private void dispatch() {
        try {
            Throwable refused = HandOver.give(this, schedulerSupplier);
            if (refused != null) {
                FAILURE.compareAndSet(this, null, settings.unread("the I/O scheduler takes no work", refused));
                // Only the failure is signalled here; nothing is looked at any more.
                run();
            }
        } catch (Throwable thrown) {
            breakOff(thrown);
        }
    }

    /** Leaves it to the watcher to end the stream. */
    private void breakOff(Throwable thrown) {
        // No call before this is done: the stack may be at its end.
        if (failure == null) {
            failure = thrown;
        }
        broken = true;
        try {
            watcher.wakeUpBy(System.nanoTime());
        } catch (Throwable again) {
            // Then the watcher finds it when its wait is over.
        }
    }

    @Override
    public void run() {
        do {
            drain = DRAINING;
            signal();
        } while (!DRAIN.compareAndSet(this, DRAINING, IDLE));
    }

    /** Looks and signals, unless another thread does: then that one ends the stream, or sees to it that this is done. */
    private void signal() {
        if (signalling != 0 || !SIGNALLING.compareAndSet(this, 0, 1)) {
            return;
        }
        try {
            deliver();
        } catch (Throwable thrown) {
            breakOff(thrown);
        } finally {
            signalling = 0;
        }
    }

    private void deliver() {
        while (!isOver()) {
            FollowedChange change = failure == null ? next() : null;
            Throwable end = failure;
            if (end != null) {
                end(end);
            } else if (change == null) {
                return;
            } else if (!isOver()) {
                emit(change);
            }
        }
    }

    private void end(Throwable failure) {
        if (terminate()) {
            settings.metrics().end(failure);
            try {
                actual.onError(failure);
            } catch (Throwable thrown) {
                DroppedErrors.drop(thrown, context);
            }
        }
    }

    private void emit(FollowedChange change) {
        Operators.produced(REQUESTED, this, 1);
        try {
            actual.onNext(change);
        } catch (Throwable thrown) {
            // A subscriber may not throw; one that does ends its own stream only.
            cancel();
            DroppedErrors.drop(thrown, context);
        }
    }

    /** Returns the next change, or null when there is none, no demand for it, or a failure. */
    private @Nullable FollowedChange next() {
        FollowedRoot followed = root;
        if (followed == null || requested == 0) {
            return null;
        }
        try {
            FollowedChange change = followed.next();
            if (change != null) {
                settings.metrics().change(change, followed.delay());
            } else if (followed.due() != null) {
                watcher.wakeUpBy(followed.due());
            }
            return change;
        } catch (ClosedWatchServiceException e) {
            // The watcher has given the watches back: the stream is over, or the watcher is about to say why.
            return null;
        } catch (Throwable e) {
            // Errors too, and without throwing them on. They mean this stream as much as any other failure does, the
            // subscriber can tell them apart, and no caller of the scheduler or of request() could do more about them.
            FAILURE.compareAndSet(this, null, e);
            return null;
        }
    }
}
