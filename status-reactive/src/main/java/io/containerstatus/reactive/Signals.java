package io.containerstatus.reactive;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * Where signals come that may not come on the thread that caused them: the caller's scheduler, never disposed, or one of
 * the store's own, made when it is first needed.
 */
final class Signals {
    private static final int THREADS = 64;
    private static final int IDLE_SECONDS = 60;
    /** How long a subscriber that blocks a thread of ours may hold up the store's end. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final @Nullable Scheduler given;
    private volatile @Nullable Scheduler own;
    private boolean ended;

    Signals(@Nullable Scheduler given) {
        this.given = given;
    }

    /** Runs the task on the scheduler; on this thread if the scheduler, disposed or full, refuses: no signal is lost. */
    void run(Runnable task) {
        run(task, scheduler());
    }

    static void run(Runnable task, @Nullable Scheduler scheduler) {
        if (scheduler != null) {
            try {
                scheduler.schedule(task);
                return;
            } catch (RejectedExecutionException refused) {
                // Falls through to this thread.
            }
        }
        task.run();
    }

    /** Gives an error that no subscriber can take to Reactor's hook for those, and goes on. */
    static void drop(Throwable error, Context context) {
        try {
            Operators.onErrorDropped(error, context);
        } catch (Throwable thrownByHook) {
            // The application's own hook: it has had the error, and whoever calls here has a lane to keep in order.
        }
    }

    /** Returns the source with its value or error on the scheduler. */
    <T> Mono<T> hop(Mono<T> source) {
        return Mono.create(sink -> {
            Disposable subscription = source.contextWrite(sink.contextView())
                    .subscribe(value -> run(() -> sink.success(value)), error -> run(() -> sink.error(error)));
            sink.onCancel(subscription);
        });
    }

    /** Returns the scheduler, or null when it was the store's own and has ended before it was ever needed. */
    @Nullable
    Scheduler scheduler() {
        if (given != null) {
            return given;
        }
        Scheduler scheduler = own;
        return scheduler != null ? scheduler : create();
    }

    private synchronized @Nullable Scheduler create() {
        if (own == null && !ended) {
            own = Schedulers.newBoundedElastic(
                    THREADS, Integer.MAX_VALUE, "status-signal", IDLE_SECONDS, /* daemon= */ true);
        }
        return own;
    }

    /** Lets the signals under way arrive, and ends the store's own scheduler. */
    Mono<Void> end() {
        return Mono.defer(() -> {
            Scheduler scheduler = markEnded();
            return scheduler == null
                    ? Mono.empty()
                    : scheduler
                            .disposeGracefully()
                            .timeout(GRACE)
                            .onErrorResume(blocked -> Mono.fromRunnable(scheduler::dispose));
        });
    }

    private synchronized @Nullable Scheduler markEnded() {
        ended = true;
        return own;
    }
}
