package io.containerstatus.reactive;

import io.containerstatus.fs.internal.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Wakes the lanes of one store that delay a batch. It uses none of Reactor's schedulers: the virtual time of
 * a test would stop it, and subscribers may block all threads of the signal scheduler. Its thread only starts
 * writes. It runs no code of the application, unless the signal scheduler of the store runs its tasks on the
 * calling thread.
 */
class CommitTimer {
    private static final Duration PATIENCE = Duration.ofNanos(100_000);
    private static final int IDLE_SECONDS = 60;

    /** The thread starts when there is something to wait for, and ends after it was idle for a while. */
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, this::newThread);

    CommitTimer() {
        executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
    }

    Thread newThread(Runnable task) {
        return DaemonThreads.newThread(task, "status-commit");
    }

    /** Returns how long a delayed batch waits for the next operation. */
    Duration patience() {
        return PATIENCE;
    }

    /** Returns the time in nanoseconds, as {@link System#nanoTime}. */
    long now() {
        return System.nanoTime();
    }

    /**
     * Runs the task after this time. Returns false if the task may never run. Even then it may run later, if
     * a thread can be started again: the executor queues the task before it starts a thread.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // The task itself checks whether it is still needed.
    boolean start(Runnable task, long nanos) {
        try {
            // Throws if no thread can be started, before the task is queued.
            executor.prestartCoreThread();
            executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (Throwable refused) {
            // The executor was shut down, or no thread can be started.
            return false;
        }
    }

    /** Lets the thread end once the tasks that were started have run. Later tasks are refused. */
    void end() {
        executor.shutdown();
    }
}
