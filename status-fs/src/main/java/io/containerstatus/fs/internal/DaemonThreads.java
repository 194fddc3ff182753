package io.containerstatus.fs.internal;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that keep no process alive. */
public final class DaemonThreads {
    private static final long IDLE_SECONDS = 60;

    private DaemonThreads() {}

    /**
     * Returns an executor that starts its threads with the work and ends them when they are idle.
     *
     * @param name what the threads are called, before their number
     * @param threads at most this many
     * @param queue how much work may wait for a thread before it is refused
     */
    public static ThreadPoolExecutor newExecutor(String name, int threads, int queue) {
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

    /**
     * Runs the task on a new thread; returns false if none can be had. Where this thread's stack is too full for that, throws
     * {@link StackOverflowError}: the task may run or not.
     */
    public static boolean start(Runnable task, String name) {
        try {
            newThread(task, name).start();
            return true;
        } catch (StackOverflowError full) {
            throw full;
        } catch (Throwable noThread) {
            return false;
        }
    }

    /** Returns a thread that was not started yet. It inherits no thread-locals of the caller that happens to be the first. */
    public static Thread newThread(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, 0, /* inheritThreadLocals= */ false);
        thread.setDaemon(true);
        return thread;
    }
}
