package io.containerstatus.fs.internal;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A scheduler on the library's own daemon threads. It is created at the first call of {@link #get}. Its threads
 * start when work comes, and end after a minute without work, or after {@link #end}.
 *
 * <p>This class is threadsafe.
 */
public final class OwnScheduler implements Supplier<Scheduler> {
    private final String name;
    private final int threads;
    private final int queue;
    private volatile @Nullable Scheduler scheduler;
    private @Nullable ThreadPoolExecutor executor;
    private boolean ended;

    /**
     * Starts no thread yet.
     *
     * @param name the names of the threads, without their numbers
     * @param threads the limit of threads
     * @param queue how many tasks may wait for a thread before tasks are rejected
     */
    public OwnScheduler(String name, int threads, int queue) {
        this.name = name;
        this.threads = threads;
        this.queue = queue;
    }

    /**
     * Returns the scheduler. After {@link #end} or {@link #interrupt}, throws
     * {@link RejectedExecutionException} if the scheduler was never created.
     */
    @Override
    public Scheduler get() {
        Scheduler made = scheduler;
        return made != null ? made : make();
    }

    private synchronized Scheduler make() {
        Scheduler made = scheduler;
        if (made == null) {
            if (ended) {
                throw new RejectedExecutionException(name + " has ended");
            }
            executor = DaemonThreads.newExecutor(name, threads, queue);
            made = Schedulers.fromExecutorService(executor, name);
            scheduler = made;
        }
        return made;
    }

    /** Ends the scheduler, and interrupts its threads. */
    public synchronized void interrupt() {
        ended = true;
        if (executor != null) {
            executor.shutdownNow();
        }
    }

    /**
     * Lets the threads end once they have done the work that they were given. Interrupts none, and does not
     * wait. (Reactor's {@code disposeGracefully} would wait on a thread that is not a daemon, and that would
     * keep the process alive for ten seconds.)
     */
    public synchronized void end() {
        ended = true;
        if (executor != null) {
            executor.shutdown();
        }
    }
}
