package io.containerstatus.fs.internal;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Daemon threads, which keep no process alive. */
public final class DaemonThreads {
    private static final long IDLE_SECONDS = 60;

    private DaemonThreads() {}

    /**
     * Returns an executor that starts its threads when work comes, and ends a thread after a minute without work.
     *
     * @param name the names of the threads, without their numbers
     * @param threads the limit of threads
     * @param queue how many tasks may wait for a thread before tasks are rejected
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
     * Runs the task on a new thread. Returns false if no thread can be started. If the stack of the calling
     * thread is too full for the call, throws {@link StackOverflowError}; then the task may run or not.
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

    /** Returns a thread that is not started. It does not inherit the thread-locals of the calling thread. */
    public static Thread newThread(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, 0, /* inheritThreadLocals= */ false);
        thread.setDaemon(true);
        return thread;
    }
}
