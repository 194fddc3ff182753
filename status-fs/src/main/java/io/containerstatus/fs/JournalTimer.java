package io.containerstatus.fs;

import io.containerstatus.fs.internal.DaemonThreads;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The clock of a journal, which also runs tasks after a delay. Its one thread starts when it is needed, and ends
 * after a minute without work.
 */
class JournalTimer {
    private final long start = System.nanoTime();
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, task -> DaemonThreads.newThread(task, "status-journal-timer"));

    JournalTimer() {
        thread.setKeepAliveTime(60, TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
    }

    /** Returns the time since this timer was created, in nanoseconds. It never goes back. */
    long now() {
        return System.nanoTime() - start;
    }

    /**
     * Runs the task after this delay, in nanoseconds. Returns false if the task may never run, because no thread
     * can be started or because of {@link #stop}.
     */
    boolean schedule(Runnable task, long nanos) {
        try {
            // Nothing waits for the result, and the tasks throw nothing.
            ScheduledFuture<?> unused = thread.schedule(task, nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (RuntimeException | Error e) {
            return false;
        }
    }

    /** Drops all waiting tasks, and accepts no new ones. */
    void stop() {
        thread.shutdownNow();
    }
}
