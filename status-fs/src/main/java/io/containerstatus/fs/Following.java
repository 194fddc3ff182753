package io.containerstatus.fs;

import java.nio.file.ClosedWatchServiceException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
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
 */
final class Following implements Subscription, Runnable {
    private static final AtomicLongFieldUpdater<Following> REQUESTED =
            AtomicLongFieldUpdater.newUpdater(Following.class, "requested");
    private static final AtomicIntegerFieldUpdater<Following> DRAIN =
            AtomicIntegerFieldUpdater.newUpdater(Following.class, "drain");

    private static final int IDLE = 0;
    private static final int DRAINING = 1;
    private static final int DRAIN_AGAIN = 2;

    private final CoreSubscriber<? super FollowedChange> actual;
    private final FollowSettings settings;
    private final Watcher watcher;
    private final @Nullable ExecutorService ownExecutor;
    private final Scheduler scheduler;
    private volatile @Nullable FollowedRoot root;
    private volatile @Nullable Throwable failure;
    private volatile long requested;
    private volatile boolean done;
    /** Draining from the beginning: no signal before {@link #start}. */
    private volatile int drain = DRAINING;

    Following(CoreSubscriber<? super FollowedChange> actual, FollowSettings settings) {
        this.actual = actual;
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
    }

    void start() {
        actual.onSubscribe(this);
        if (!done) {
            watcher.start();
            dispatch();
        }
    }

    /** Has the drain look at this root from now on. Called by the watcher, as are the two below. */
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
        this.failure = failure;
        wake();
    }

    @Override
    public void request(long n) {
        if (n > 0) {
            Operators.addCap(REQUESTED, this, n);
        } else {
            failure = new IllegalArgumentException("requested " + n + "; demand must be positive (rule 3.9)");
        }
        wake();
    }

    @Override
    public void cancel() {
        done = true;
        // Whoever holds on to the subscription does not hold on to thousands of statuses.
        root = null;
        watcher.stop();
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
            scheduler.schedule(this);
        } catch (RejectedExecutionException refused) {
            failure = settings.unread("the I/O scheduler takes no work", refused);
            // There is nowhere else to say it; nothing is looked at any more.
            run();
        }
    }

    @Override
    public void run() {
        do {
            drain = DRAINING;
            try {
                deliver();
            } catch (Throwable thrown) {
                // A subscriber may not throw; one that does ends its own stream only.
                cancel();
                drop(thrown, actual.currentContext());
            }
        } while (!DRAIN.compareAndSet(this, DRAINING, IDLE));
    }

    private void deliver() {
        while (!done) {
            FollowedChange change = null;
            if (failure == null) {
                change = next();
            }
            Throwable end = failure;
            if (done) {
                return;
            }
            if (end != null) {
                cancel();
                actual.onError(end);
                return;
            }
            if (change == null) {
                return;
            }
            Operators.produced(REQUESTED, this, 1);
            actual.onNext(change);
        }
    }

    /** Returns the next change, or null when there is none, no demand for it, or a failure. */
    private @Nullable FollowedChange next() {
        FollowedRoot followed = root;
        if (followed == null || requested == 0) {
            return null;
        }
        try {
            return followed.next();
        } catch (ClosedWatchServiceException e) {
            // The watcher has ended: the stream was cancelled, or the watcher has said why.
            return null;
        } catch (RuntimeException e) {
            failure = e;
            return null;
        }
    }

    private static void drop(Throwable error, Context context) {
        try {
            Operators.onErrorDropped(error, context);
        } catch (Throwable thrownByHook) {
            // The application's own hook: it has had the error.
        }
    }
}
