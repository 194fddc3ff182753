package io.containerstatus.fs;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that keep no process alive. */
final class DaemonThreads {
    private static final long IDLE_SECONDS = 60;

    private DaemonThreads() {}

    /**
     * Returns an executor that starts its threads with the work and ends them when they are idle.
     *
     * @param name what the threads are called, before their number
     * @param threads at most this many
     * @param queue how much work may wait for a thread before it is refused
     */
    static ThreadPoolExecutor newExecutor(String name, int threads, int queue) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(queue),
                task -> newThread(task, name + "-" + number.incrementAndGet()));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Returns a thread that was not started yet. */
    static Thread newThread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
