package io.containerstatus.reactive;

import io.containerstatus.fs.internal.DaemonThreads;
import io.containerstatus.fs.internal.HandOver;
import io.containerstatus.fs.internal.InFlight;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Emits the signals that must not come on the thread that caused them. It runs them on the caller's
 * scheduler, which it never disposes, or on threads of the store's own, which start when they are first needed.
 */
final class SignalScheduler {
    private static final int THREADS = 64;
    /** How long a subscriber that blocks a thread of the store may delay the close of the store. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final @Nullable Scheduler given;
    private final Duration grace;
    /** The tasks that were given to the own threads and have not finished. */
    private final InFlight underWay = new InFlight();

    private final OwnThreads own = new OwnThreads("status-signal", THREADS);

    SignalScheduler(@Nullable Scheduler given) {
        this(given, GRACE);
    }

    SignalScheduler(@Nullable Scheduler given, Duration grace) {
        this.given = given;
        this.grace = grace;
    }

    /**
     * Runs the task on the scheduler. If the scheduler does not accept it, because it is disposed, full,
     * broken or without a thread, or if the own threads have ended, runs it on this thread. No task is lost,
     * and none runs twice. Throws only what the task throws on this thread.
     */
    void run(Runnable task) {
        if (given != null) {
            run(task, given);
            return;
        }
        Runnable counted = counted(task);
        if (counted != null && underWay.enter()) {
            own.run(counted);
        } else {
            task.run();
        }
    }

    /** Returns the task with its end counted; null if there is no memory for that. */
    private @Nullable Runnable counted(Runnable task) {
        try {
            return () -> {
                try {
                    task.run();
                } finally {
                    underWay.leave();
                }
            };
        } catch (OutOfMemoryError noMemory) {
            return null;
        }
    }

    static void run(Runnable task, Scheduler scheduler) {
        if (scheduler == Schedulers.immediate() || HandOver.give(task, scheduler) != null) {
            task.run();
        }
    }

    /** Returns the source with its value or error on the scheduler. The source must not complete empty. */
    <T> Mono<T> hop(Mono<T> source) {
        return Mono.create(sink -> {
            Disposable subscription = source.contextWrite(sink.contextView())
                    .subscribe(value -> run(() -> sink.success(value)), error -> run(() -> sink.error(error)));
            sink.onCancel(subscription);
        });
    }

    /**
     * Waits for the signals in progress, and ends the own threads. If a subscriber still blocks one of these
     * after the grace period, interrupts it. This needs no scheduler: an additional thread waits. If none can
     * be started, the own threads end without the wait.
     */
    Mono<Void> end() {
        return Mono.create(sink -> {
            Ending ending = new Ending(sink);
            underWay.close().subscribe(done -> {}, failed -> {}, ending::arrived);
            ending.waitUnlessArrived();
        });
    }

    /** Ends the own threads once the last signal has arrived, or after the grace period. */
    private final class Ending implements Runnable {
        private final MonoSink<Void> sink;
        private final CountDownLatch arrival = new CountDownLatch(1);

        Ending(MonoSink<Void> sink) {
            this.sink = sink;
        }

        /** Called when the last signal has arrived, on its thread. */
        void arrived() {
            arrival.countDown();
        }

        void waitUnlessArrived() {
            if (arrival.getCount() == 0 || !DaemonThreads.start(this, "status-signal-end")) {
                finish();
            }
        }

        @Override
        public void run() {
            try {
                if (!arrival.await(grace.toNanos(), TimeUnit.NANOSECONDS)) {
                    own.interrupt();
                }
            } catch (InterruptedException e) {
                // Nobody interrupts this thread.
            }
            finish();
        }

        private void finish() {
            own.end();
            sink.success();
        }
    }
}
