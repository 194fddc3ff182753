package io.containerstatus.fs.internal;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A scheduler on daemon threads of the library's own. It is made when it is first asked for. Its threads start with the
 * work, and end when they were idle for a minute, or after the end.
 *
 * <p>Threadsafe.
 */
public final class OwnScheduler implements Supplier<Scheduler> {
    private final String name;
    private final int threads;
    private final int queue;
    private volatile @Nullable Scheduler scheduler;
    private @Nullable ThreadPoolExecutor executor;
    private boolean ended;

    /**
     * Makes no thread yet.
     *
     * @param name what the threads are called, before their number
     * @param threads at most this many
     * @param queue how much work may wait for a thread before it is refused
     */
    public OwnScheduler(String name, int threads, int queue) {
        this.name = name;
        this.threads = threads;
        this.queue = queue;
    }

    /** Returns the scheduler. Throws {@link RejectedExecutionException} if none was made before the end. */
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

    /** Ends, and interrupts what the threads do. */
    public synchronized void interrupt() {
        ended = true;
        if (executor != null) {
            executor.shutdownNow();
        }
    }

    /**
     * Lets the threads end when they are through with what they were given. Interrupts none, and does not wait. (Reactor's
     * {@code disposeGracefully} would wait on a thread that is no daemon, and that keeps the process alive for ten
     * seconds.)
     */
    public synchronized void end() {
        ended = true;
        if (executor != null) {
            executor.shutdown();
        }
    }
}
