package io.containerstatus.etcd;

import io.containerstatus.fs.internal.DaemonThreads;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The threads on which results are signalled: those of the caller's scheduler, or a few own threads. They are
 * separate from the client's thread, so that a slow subscriber does not delay the calls that keep a lease alive.
 */
final class Results {
    private static final int THREADS = 2;
    private static final long IDLE_SECONDS = 10;

    private final @Nullable ThreadPoolExecutor own;
    private final Scheduler scheduler;

    Results(@Nullable Scheduler given) {
        if (given != null) {
            own = null;
            scheduler = given;
        } else {
            own = threads();
            scheduler = Schedulers.fromExecutorService(own);
        }
    }

    private static ThreadPoolExecutor threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> DaemonThreads.newThread(task, "status-etcd-results"));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /**
     * Signals on the scheduler, or on the thread of the source if the scheduler rejects the task. The result of
     * something that has happened is never replaced by the rejection.
     *
     * @param source gives each subscriber the same signal, and does nothing more for a second subscription
     */
    <T> Mono<T> signal(Mono<T> source) {
        return source.publishOn(scheduler).onErrorResume(RejectedExecutionException.class, rejected -> source);
    }

    /** Ends the own threads after they have run their tasks. */
    void end() {
        if (own != null) {
            own.shutdown();
        }
    }
}
