package io.containerstatus.fs;

import io.containerstatus.CaughtUp;
import io.containerstatus.StatusEvent;
import io.containerstatus.fs.internal.DroppedErrors;
import io.containerstatus.fs.internal.HandOver;
import io.containerstatus.fs.internal.OwnScheduler;
import io.containerstatus.fs.internal.SubscriberDrain;
import java.nio.file.ClosedWatchServiceException;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.scheduler.Scheduler;

/**
 * One subscription to the changes in a root. Its drain reads the root and emits the changes, on the I/O
 * scheduler. File events and demand only wake the drain. Each run of the drain is a separate task, so that an
 * idle subscription holds no thread of a scheduler that was set.
 *
 * <p>If the scheduler does not run the drain, the watch thread does: see {@link #check}.
 */
final class FollowSubscription extends SubscriberDrain<StatusEvent> implements SharedRoot.Source {
    private final FollowSettings settings;
    private final WatchThread watchThread;
    private final OwnScheduler own = new OwnScheduler("status-follow", 1, Integer.MAX_VALUE);
    private final Scheduler scheduler;
    private volatile @Nullable FollowedRoot root;
    /** Whether the end of the snapshot is still to be emitted. Used only by the drain. */
    private boolean endIsDue;

    /** {@code emitsSnapshotEnd} is whether the subscriber receives {@link CaughtUp} in addition to the changes. */
    FollowSubscription(CoreSubscriber<? super StatusEvent> actual, FollowSettings settings, boolean emitsSnapshotEnd) {
        super(actual);
        this.endIsDue = emitsSnapshotEnd;
        this.settings = settings;
        this.watchThread = new WatchThread(settings, this);
        Scheduler given = settings.ioScheduler();
        this.scheduler = given != null ? given : own.get();
    }

    @Override
    public void start() {
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
        // If there is no watch thread, nothing else would end the stream.
        check();
    }

    boolean hasNoMoreSignals() {
        return isOver();
    }

    /** Lets the drain read this root from now on. Called by the watch thread, like the next three methods. */
    void begin(FollowedRoot root) {
        this.root = root;
        wake();
    }

    /** Wakes the drain to read what may have changed, if there is demand. If there is none, later demand wakes it. */
    void wakeIfDemanded() {
        if (hasDemand()) {
            wake();
        }
    }

    /** Ends the stream with this error after the signal in progress, whether or not there is demand. */
    void fail(Throwable failure) {
        if (!failWith(failure)) {
            DroppedErrors.drop(failure, actual().currentContext());
        }
    }

    /**
     * Ends the stream on this thread if the drain will not run: it could not be handed to the scheduler, or the
     * scheduler was disposed of and may have dropped it.
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
            // The caller's stack may have overflowed while waking the drain.
            breakOff(thrown);
        }
    }

    @Override
    protected void release(@Nullable Throwable failure) {
        // The application may keep the subscription. It must not keep thousands of statuses with it.
        root = null;
        try {
            watchThread.stop();
            shutDown();
        } catch (Throwable thrown) {
            // The watch thread notices the end by itself, and shuts the executor down.
            DroppedErrors.drop(thrown, actual().currentContext());
        }
        settings.metrics().end(failure);
    }

    /** Ends the subscription's own thread for reads and signals, once it has done its work. */
    void shutDown() {
        own.end();
    }

    @Override
    protected void handOver() {
        Throwable refused = HandOver.give(this, scheduler);
        if (refused != null) {
            failWith(settings.unread("the I/O scheduler rejected the work", refused));
            // Only the failure is signalled on this thread; nothing is read any more.
            run();
        }
    }

    /** Makes the watch thread end the stream. */
    @Override
    protected void onBrokenOff(Throwable thrown) {
        try {
            watchThread.wakeUpBy(System.nanoTime());
        } catch (Throwable again) {
            // The watch thread notices it once its wait is over.
        }
    }

    /** Reads containers until there is an event to emit, and returns it; null if there is none. */
    @Override
    protected @Nullable StatusEvent poll() {
        FollowedRoot followed = root;
        if (followed == null) {
            return null;
        }
        if (isEndOfSnapshot(followed)) {
            return new CaughtUp();
        }
        StatusEvent change = read(followed);
        // The read may have found that nothing of the snapshot is left.
        return change == null && isEndOfSnapshot(followed) ? new CaughtUp() : change;
    }

    private boolean isEndOfSnapshot(FollowedRoot followed) {
        boolean isEnd = endIsDue && followed.hasEmittedSnapshot();
        endIsDue &= !isEnd;
        return isEnd;
    }

    private @Nullable FollowedChange read(FollowedRoot followed) {
        try {
            FollowedChange change = followed.next();
            if (change != null) {
                settings.metrics().change(change, followed.delay());
            } else if (followed.due() != null) {
                watchThread.wakeUpBy(followed.due());
            }
            return change;
        } catch (ClosedWatchServiceException e) {
            // The watch thread has given the watches back: the stream is over, or the watch thread is about to end it.
            return null;
        }
    }
}
