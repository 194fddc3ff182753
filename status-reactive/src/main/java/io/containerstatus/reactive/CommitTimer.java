package io.containerstatus.reactive;

import io.containerstatus.fs.internal.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What wakes the lanes of one store that hold a batch back. It is none of Reactor's schedulers: a test's virtual time
 * would stop it, and subscribers may block all threads of the signal scheduler. Its thread only starts writes, and runs
 * no code of the application, unless the store's signal scheduler has it signal where it is.
 */
class CommitTimer {
    private static final Duration PATIENCE = Duration.ofNanos(100_000);
    private static final int IDLE_SECONDS = 60;

    /** Starts its thread when there is something to wait for, and ends it when there was nothing for a while. */
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, this::newThread);

    CommitTimer() {
        executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
    }

    Thread newThread(Runnable task) {
        return DaemonThreads.newThread(task, "status-commit");
    }

    /** Returns how long a lane that holds a batch back waits for the next operation to come. */
    Duration patience() {
        return PATIENCE;
    }

    /** Returns the time in nanoseconds, as {@link System#nanoTime}. */
    long now() {
        return System.nanoTime();
    }

    /**
     * Has the task run after so many nanoseconds; returns false if it may never be. (It may be nevertheless, once there is
     * a thread again: the executor queues it first.)
     */
    @SuppressWarnings("FutureReturnValueIgnored") // The task sees for itself whether anything still waits for it.
    boolean start(Runnable task, long nanos) {
        try {
            // A thread that cannot be had is noticed before the task waits for it.
            executor.prestartCoreThread();
            executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (Throwable refused) {
            // Ended, or no thread can be had.
            return false;
        }
    }

    /** Ends the thread when what was started is through; starts nothing more. */
    void end() {
        executor.shutdown();
    }
}
