package io.containerstatus.fs;

import io.containerstatus.StatusCodec;
import java.io.IOException;
import java.nio.file.WatchKey;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one subscription that waits for file events, for the next full scan, and for postponed reads. It owns
 * the watches, and gives them back when it ends. It runs as long as the stream, because it also ends the stream if
 * the I/O scheduler does not run the drain: see {@link FollowSubscription#check}.
 */
final class WatchThread implements Runnable {
    /** The longest wait before the next check of the stream, in nanoseconds. */
    private static final long CHECK_EVERY = TimeUnit.SECONDS.toNanos(10);

    private final FollowSettings settings;
    private final FollowSubscription subscription;
    private final DirtyIds dirtyIds = new DirtyIds(System::nanoTime);
    private volatile boolean stopped;
    /** Guarded by this. */
    private @Nullable Thread thread;
    /** Whether the thread waits, so that an interrupt hits only the wait. Guarded by this. */
    private boolean waiting;
    /** When the thread must wake up at the latest; null if there is no such time. Guarded by this. */
    private @Nullable Long wakeAt;

    WatchThread(FollowSettings settings, FollowSubscription subscription) {
        this.settings = settings;
        this.subscription = subscription;
    }

    /** Starts the thread. Throws what the operating system or the thread factory throws. */
    void start() {
        settings.watcherThreads().newThread(this).start();
    }

    /** Ends the thread, without waiting for it. */
    void stop() {
        stopped = true;
        wakeUpBy(System.nanoTime());
    }

    /** Ends the current wait at this time at the latest, or the next wait if the thread does not wait now. */
    synchronized void wakeUpBy(long time) {
        if (wakeAt == null || time - wakeAt < 0) {
            wakeAt = time;
            if (waiting && thread != null) {
                thread.interrupt();
            }
        }
    }

    @Override
    public void run() {
        try {
            watch();
        } catch (IOException e) {
            subscription.fail(settings.unread(IoReason.of(e), e));
        } catch (Throwable e) {
            subscription.fail(e);
        }
        while (!isOver()) {
            subscription.check();
            await(null, System.nanoTime() + CHECK_EVERY);
        }
        // Shuts down again, because a cancellation may have failed before this step if its caller's
        // stack was nearly full.
        subscription.shutDown();
    }

    private boolean isOver() {
        return stopped || subscription.hasNoMoreSignals();
    }

    private void watch() throws IOException {
        // An unusable dependency ends the stream. It is not reported as the state of each container.
        StatusCodec.requireUsable();
        FollowedRootIdentity root =
                FollowedRootIdentity.of(Layout.resolve(settings.root()).root());
        try (FolderWatch watch = open(root)) {
            // Checks that the watched folder is the identified one, and not a folder that took its path in between.
            root.require();
            dirtyIds.everything();
            subscription.begin(new FollowedRoot(settings, root, watch, dirtyIds, System::nanoTime));
            long interval = settings.scanEvery().toNanos();
            long nextScan = System.nanoTime() + interval;
            while (!isOver()) {
                WatchKey key = await(watch, nextScan);
                if (key != null) {
                    watch.collect(key, dirtyIds);
                }
                if (System.nanoTime() - nextScan >= 0) {
                    dirtyIds.everything();
                    nextScan = System.nanoTime() + interval;
                }
                subscription.wakeIfDemanded();
                subscription.check();
            }
        }
    }

    private FolderWatch open(FollowedRootIdentity root) throws IOException {
        return settings.polling() ? FolderWatch.polling(root) : FolderWatch.open(root, settings.metrics());
    }

    /**
     * Waits for file events, or only for the time if {@code watch} is null. Returns the key that has events, or null.
     */
    private @Nullable WatchKey await(@Nullable FolderWatch watch, long until) {
        long nanos = beginWait(until);
        try {
            if (watch != null) {
                return watch.await(nanos);
            }
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            // Something is due earlier, or the stream is over. Or a subscriber has run on this thread, on a
            // scheduler without threads, and has left its interrupt flag set; that must not end the watching.
        } finally {
            endWait();
        }
        return null;
    }

    private synchronized long beginWait(long until) {
        thread = Thread.currentThread();
        waiting = true;
        long now = System.nanoTime();
        long nanos = Math.min(until - now, CHECK_EVERY);
        return Math.max(0, wakeAt == null ? nanos : Math.min(nanos, wakeAt - now));
    }

    private synchronized void endWait() {
        waiting = false;
        if (wakeAt != null && System.nanoTime() - wakeAt >= 0) {
            wakeAt = null;
        }
        // Clears an interrupt that came after the wait was over.
        Thread.interrupted();
    }
}
