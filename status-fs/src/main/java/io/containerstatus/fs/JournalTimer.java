package io.containerstatus.fs;

import io.containerstatus.fs.internal.DaemonThreads;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Says when a file behind a journal is due. Its one thread starts when it is needed, and ends when it was idle for a minute. */
class JournalTimer {
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, task -> DaemonThreads.newThread(task, "status-journal-timer"));

    JournalTimer() {
        thread.setKeepAliveTime(60, TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
    }

    /** Runs the task after so much time. Throws if no thread can be had, or if the end has come. */
    void schedule(Runnable task, long nanos) {
        // Nobody waits for it, and the tasks throw nothing.
        ScheduledFuture<?> unused = thread.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    /** Runs nothing any more. */
    void stop() {
        thread.shutdownNow();
    }
}
