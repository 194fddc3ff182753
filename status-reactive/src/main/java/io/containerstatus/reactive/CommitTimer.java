package io.containerstatus.reactive;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What wakes the lanes of one store that hold a batch back. It is none of Reactor's schedulers: a test's virtual time
 * would stop it, and subscribers may block all threads of the signal scheduler.
 */
class CommitTimer {
    private static final Duration PATIENCE = Duration.ofNanos(100_000);
    private static final int IDLE_SECONDS = 60;

    /** Starts its thread when there is something to wait for, and ends it when there was nothing for a while. */
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, CommitTimer::newThread);

    CommitTimer() {
        executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
    }

    private static Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "status-commit");
        thread.setDaemon(true);
        return thread;
    }

    /** Returns how long a lane that holds a batch back waits for the next operation to come. */
    Duration patience() {
        return PATIENCE;
    }

    /** Returns the time in nanoseconds, as {@link System#nanoTime}. */
    long now() {
        return System.nanoTime();
    }

    /** Has the task run once the patience is over; returns false if it never will. */
    boolean start(Runnable task) {
        try {
            executor.schedule(task, patience().toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (RejectedExecutionException | OutOfMemoryError refused) {
            return false;
        }
    }

    void end() {
        executor.shutdownNow();
    }
}
