package io.containerstatus.fs;

import io.containerstatus.fs.internal.DroppedErrors;
import io.containerstatus.fs.internal.HandOver;
import io.containerstatus.fs.internal.OwnScheduler;
import io.containerstatus.fs.internal.SubscriberDrain;
import java.nio.file.ClosedWatchServiceException;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.scheduler.Scheduler;

/**
 * One subscriber to the changes in a root. Its drain looks at the root and emits the changes, on the I/O scheduler. File
 * events and demand only wake the drain; each of its runs is a task of its own, so an idle subscription holds no thread of
 * a scheduler that was given.
 *
 * <p>Where the scheduler does not run the drain, the watcher's thread does: see {@link #check}.
 */
final class FollowSubscription extends SubscriberDrain<FollowedChange> {
    private final FollowSettings settings;
    private final WatchThread watchThread;
    private final OwnScheduler own = new OwnScheduler("status-follow", 1, Integer.MAX_VALUE);
    private final Scheduler scheduler;
    private volatile @Nullable FollowedRoot root;

    FollowSubscription(CoreSubscriber<? super FollowedChange> actual, FollowSettings settings) {
        super(actual);
        this.settings = settings;
        this.watchThread = new WatchThread(settings, this);
        Scheduler given = settings.ioScheduler();
        this.scheduler = given != null ? given : own.get();
    }

    void start() {
        try {
            actual().onSubscribe(this);
        } catch (Throwable thrown) {
            cancel();
            throw thrown;
        }
        if (isOver()) {
            return;
        }
        try {
            watchThread.start();
        } catch (Throwable thrown) {
            failWith(thrown);
        }
        begin();
        // If there is no watcher, nobody else would end the stream.
        check();
    }

    boolean hasNoMoreSignals() {
        return isOver();
    }

    /** Has the drain look at this root from now on. Called by the watcher, as are the three below. */
    void begin(FollowedRoot root) {
        this.root = root;
        wake();
    }

    /** Has the drain examine the ids that may have changed, if there is demand; if not, the demand will. */
    void wakeIfDemanded() {
        if (hasDemand()) {
            wake();
        }
    }

    /** Ends the stream, in the order of its signals, whether there is demand or not. */
    void fail(Throwable failure) {
        if (!failWith(failure)) {
            DroppedErrors.drop(failure, actual().currentContext());
        }
    }

    /**
     * Ends the stream on this thread if the drain will not: it could not be given to the scheduler, or the scheduler was
     * disposed of, and may have forgotten it.
     */
    void check() {
        try {
            if (!isBrokenOff() && isScheduled() && scheduler.isDisposed()) {
                breakOff(settings.unread("the I/O scheduler was disposed of", null));
            }
        } catch (Throwable thrown) {
            breakOff(thrown);
        }
        if (isBrokenOff()) {
            wake();
        }
    }

    @Override
    public void request(long n) {
        try {
            super.request(n);
        } catch (Throwable thrown) {
            // The caller's stack may have ended, in the midst of waking the drain.
            breakOff(thrown);
        }
    }

    @Override
    protected void release(@Nullable Throwable failure) {
        // Whoever holds on to the subscription does not hold on to thousands of statuses.
        root = null;
        try {
            watchThread.stop();
            shutDown();
        } catch (Throwable thrown) {
            // The watcher notices the end by itself, and shuts the executor down.
            DroppedErrors.drop(thrown, actual().currentContext());
        }
        settings.metrics().end(failure);
    }

    /** Ends the subscription's own thread for looks and signals, once it has done its work. */
    void shutDown() {
        own.end();
    }

    @Override
    protected void handOver() {
        Throwable refused = HandOver.give(this, scheduler);
        if (refused != null) {
            failWith(settings.unread("the I/O scheduler takes no work", refused));
            // Only the failure is signalled here; nothing is looked at any more.
            run();
        }
    }

    /** Leaves it to the watcher to end the stream. */
    @Override
    protected void onBrokenOff(Throwable thrown) {
        try {
            watchThread.wakeUpBy(System.nanoTime());
        } catch (Throwable again) {
            // Then the watcher finds it when its wait is over.
        }
    }

    /** Looks until there is a change, and returns it; null if there is none. */
    @Override
    protected @Nullable FollowedChange poll() {
        FollowedRoot followed = root;
        if (followed == null) {
            return null;
        }
        try {
            FollowedChange change = followed.next();
            if (change != null) {
                settings.metrics().change(change, followed.delay());
            } else if (followed.due() != null) {
                watchThread.wakeUpBy(followed.due());
            }
            return change;
        } catch (ClosedWatchServiceException e) {
            // The watcher has given the watches back: the stream is over, or the watcher is about to say why.
            return null;
        }
    }
}
