package io.containerstatus.reactive;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
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

    /** Set in {@link #underWay} once the own scheduler takes no more. */
    private static final long ENDED = 1L << 62;

    private final @Nullable Scheduler given;
    /** How many tasks the own scheduler has and has not finished. */
    private final AtomicLong underWay = new AtomicLong();

    private final Sinks.Empty<Void> idle = Sinks.empty();
    private final Relay relay = new Relay(this::own);
    private volatile @Nullable Scheduler own;

    Signals(@Nullable Scheduler given) {
        this.given = given;
    }

    /**
     * Runs the task on the scheduler, or on this thread if the scheduler does not take it, because it is disposed, full,
     * without a thread to give, broken, or the store's own and ended: no signal is lost, and none comes twice.
     */
    void run(Runnable task) {
        if (given != null) {
            run(task, given);
        } else if (enter()) {
            relay.run(() -> {
                try {
                    task.run();
                } finally {
                    leave();
                }
            });
        } else {
            task.run();
        }
    }

    static void run(Runnable task, Scheduler scheduler) {
        if (scheduler == Schedulers.immediate()) {
            task.run();
            return;
        }
        Once once = new Once(task);
        try {
            scheduler.schedule(once);
        } catch (Throwable thrown) {
            once.runAfter(thrown);
        }
    }

    /**
     * A task that runs once, whoever runs it: a scheduler that threw may have queued the task before that, as a pool does
     * that finds no thread for it.
     */
    private static final class Once implements Runnable {
        private static final AtomicReferenceFieldUpdater<Once, Thread> RUNNER =
                AtomicReferenceFieldUpdater.newUpdater(Once.class, Thread.class, "runner");

        private final Runnable task;
        /** Which thread has taken the task; null while none has. */
        private volatile @Nullable Thread runner;
        /** The runner's alone. */
        private boolean through;

        Once(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (take()) {
                task.run();
                through = true;
            }
        }

        private boolean take() {
            return runner == null && RUNNER.compareAndSet(this, null, Thread.currentThread());
        }

        /** Runs the task here if the scheduler that threw this has not; throws on what the task itself threw here. */
        void runAfter(Throwable thrown) {
            if (take()) {
                task.run();
            } else if (runner == Thread.currentThread() && !through) {
                throw Exceptions.propagate(thrown);
            }
        }
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

    /**
     * Lets the signals under way arrive, and ends the store's own scheduler; a subscriber that still blocks it after a
     * while is interrupted. (Reactor's {@code disposeGracefully} would wait on a thread that is no daemon, and that keeps
     * the process alive for ten seconds.)
     */
    Mono<Void> end() {
        return Mono.defer(() -> {
            if (underWay.getAndUpdate(count -> count | ENDED) == 0) {
                idle.tryEmitEmpty();
            }
            return idle.asMono()
                    .timeout(GRACE)
                    .onErrorComplete(TimeoutException.class)
                    // Off the thread that went idle last, which the disposal interrupts.
                    .publishOn(Schedulers.parallel())
                    .doOnTerminate(this::dispose);
        });
    }

    private void dispose() {
        Scheduler scheduler = own;
        if (scheduler != null) {
            scheduler.dispose();
        }
    }

    private Scheduler own() {
        Scheduler scheduler = own;
        return scheduler != null ? scheduler : create();
    }

    private synchronized Scheduler create() {
        Scheduler scheduler = own;
        if (scheduler == null) {
            scheduler = Schedulers.newBoundedElastic(
                    THREADS, Integer.MAX_VALUE, "status-signal", IDLE_SECONDS, /* daemon= */ true);
            own = scheduler;
        }
        return scheduler;
    }

    private boolean enter() {
        long count = underWay.get();
        while (count < ENDED) {
            if (underWay.compareAndSet(count, count + 1)) {
                return true;
            }
            count = underWay.get();
        }
        return false;
    }

    private void leave() {
        if (underWay.decrementAndGet() == ENDED) {
            idle.tryEmitEmpty();
        }
    }
}
