package io.containerstatus.reactive;

import io.containerstatus.fs.internal.DaemonThreads;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Daemon threads of one store for one purpose. They start when they are first needed, and end when they are idle for a
 * minute, or with the store.
 */
final class OwnThreads {
    private final String name;
    private final int most;
    private final Relay relay = new Relay(this::scheduler);
    private @Nullable ThreadPoolExecutor executor;
    private volatile @Nullable Scheduler scheduler;
    private boolean ended;

    /** Makes no thread yet; later at most so many, which are called by the name and a number. With 0, none is ever made. */
    OwnThreads(String name, int most) {
        this.name = name;
        this.most = most;
    }

    /** Runs the task on one of the threads; on this one if none can be had, or if the threads have ended. */
    void run(Runnable task) {
        if (most == 0) {
            task.run();
        } else {
            relay.run(task);
        }
    }

    /**
     * Runs the task on a further thread, made for it alone; returns false if none can be had. If this thread's stack is too
     * full for that, throws {@link StackOverflowError}, and the task runs or not.
     */
    boolean start(Runnable task) {
        return most > 0 && DaemonThreads.start(task, name + "-last");
    }

    private Scheduler scheduler() {
        Scheduler made = scheduler;
        return made != null ? made : create();
    }

    private synchronized Scheduler create() {
        if (ended) {
            throw new RejectedExecutionException(name + " has ended");
        }
        Scheduler made = scheduler;
        if (made == null) {
            executor = DaemonThreads.newExecutor(name, most, Integer.MAX_VALUE);
            made = Schedulers.fromExecutorService(executor, name);
            scheduler = made;
        }
        return made;
    }

    /** Interrupts what the threads do. */
    synchronized void interrupt() {
        if (executor != null) {
            executor.shutdownNow();
        }
    }

    /** Lets the threads end when they are through with what they were given. */
    synchronized void end() {
        ended = true;
        if (executor != null) {
            executor.shutdown();
        }
    }
}
