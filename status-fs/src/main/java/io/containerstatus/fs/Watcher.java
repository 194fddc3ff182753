package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;

/**
 * The thread that waits, for file events and for the next full look, on behalf of one subscription. It owns the watches,
 * and gives them back when it ends. No code of the subscriber runs on it, so it may be interrupted.
 */
final class Watcher implements Runnable {
    private final FollowSettings settings;
    private final Following following;
    private final Hints hints = new Hints();
    private final Thread thread = DaemonThreads.newThread(this, "status-watch");
    private volatile boolean stopped;

    Watcher(FollowSettings settings, Following following) {
        this.settings = settings;
        this.following = following;
    }

    void start() {
        thread.start();
    }

    /** Ends the thread, without waiting for it. */
    void stop() {
        stopped = true;
        thread.interrupt();
    }

    @Override
    public void run() {
        try {
            watch(Layout.resolve(settings.root()));
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // Stopped.
        } catch (IOException e) {
            following.fail(settings.unread(IoReason.of(e), e));
        } catch (Throwable e) {
            following.fail(e);
        }
    }

    private void watch(Layout layout) throws IOException, InterruptedException {
        try (FolderWatch watch = open(layout)) {
            hints.everything();
            following.begin(new FollowedRoot(layout, settings.maxFileSize(), watch, hints, System::nanoTime));
            long interval = settings.lookEvery().toNanos();
            long nextLook = System.nanoTime() + interval;
            while (!stopped) {
                watch.await(Math.max(0, nextLook - System.nanoTime()), hints);
                if (System.nanoTime() - nextLook >= 0) {
                    hints.everything();
                    nextLook = System.nanoTime() + interval;
                }
                following.look();
            }
        }
    }

    private FolderWatch open(Layout layout) throws IOException {
        return settings.polling() ? FolderWatch.polling(layout.root()) : FolderWatch.open(layout.root());
    }
}
