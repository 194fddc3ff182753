package io.containerstatus.fs;

import io.containerstatus.StatusException;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * Runs work on files off the caller's thread, and knows when the last of it has ended.
 *
 * <p>Work that has begun is not tied to its subscription: a cancellation is only noted, and neither waits for the work
 * nor interrupts it. That is why no subscriber ever gets hold of the scheduler's own handle of the task.
 */
final class FileWork {
    private static final int THREADS = 64;
    private static final int QUEUE = 100_000;

    /** Set in {@link #pending} once no more work is accepted. */
    private static final long CLOSED = 1L << 62;

    private final @Nullable Scheduler given;
    private final AtomicLong pending = new AtomicLong();
    private final Sinks.Empty<Void> idle = Sinks.empty();
    private @Nullable ThreadPoolExecutor ownExecutor;
    private @Nullable Scheduler ownScheduler;

    /** Uses the scheduler, and never disposes of it; with null, threads of its own, from the first work on. */
    FileWork(@Nullable Scheduler given) {
        this.given = given;
    }

    /** Makes the failure of work that was not accepted: closed when there is no cause, else what the scheduler threw. */
    interface Refusal {
        StatusException because(@Nullable Throwable cause);
    }

    /** Takes the end of work that was begun: exactly one call, on an I/O thread. */
    interface Ending<T> {
        /** Tells the result; null when there is none. */
        void succeed(@Nullable T result);

        /** Tells why there is none; afterwards throws it on if it is fatal to the virtual machine. */
        void fail(Throwable failure);
    }

    /** Work that may end later, on another thread than the one it began on. */
    @FunctionalInterface
    interface Beginning<T> {
        /** Begins the work on an I/O thread. Whatever happens, one of the ending's methods is called, once. */
        void begin(Ending<T> ending);
    }

    /** Returns a cold Mono of the work's result; null completes it empty. */
    <T> Mono<T> run(Callable<@Nullable T> work, Refusal refusal) {
        return start(
                ending -> {
                    T result;
                    try {
                        result = work.call();
                    } catch (Throwable failure) {
                        ending.fail(failure);
                        return;
                    }
                    ending.succeed(result);
                },
                refusal);
    }

    /** Returns a cold Mono of the result of work that counts as under way until its ending was called. */
    <T> Mono<T> start(Beginning<T> work, Refusal refusal) {
        return Mono.create(sink -> {
            if (!enter()) {
                sink.error(refusal.because(null));
                return;
            }
            Task<T> task = new Task<>(work, sink);
            sink.onCancel(task::drop);
            Throwable thrown = task.giveTo(this::scheduler);
            // What has begun all the same, or was cancelled, is not refused: it tells its own end.
            if (thrown != null && task.withdraw()) {
                sink.error(refusal.because(thrown));
            }
        });
    }

    /**
     * Has a part of work that is under way run on another I/O thread when one is free, or never: what must be done does
     * not depend on it. Nothing waits for the part, so it must find nothing to do once the work has ended.
     */
    void assist(Runnable part) {
        try {
            scheduler().schedule(part);
        } catch (Throwable e) {
            // Too much is going on, the given scheduler was disposed of, or the system has no more threads to give.
            // Whatever it is, the work goes on without this help: if it stopped here, nobody would tell its end.
        }
    }

    /** Accepts no more work, and completes when all that was accepted has ended. */
    Mono<Void> drain() {
        return Mono.defer(() -> {
            if (pending.getAndUpdate(count -> count | CLOSED) == 0) {
                idle.tryEmitEmpty();
            }
            return idle.asMono();
        });
    }

    /**
     * Runs this once, after everything else, whatever the scheduler says: also when the given one was disposed of too
     * early, or there is no thread to be had. A cancellation does not prevent it.
     */
    Mono<Void> runLast(Callable<@Nullable Void> work) {
        return Mono.create(sink -> {
            LastTask last = new LastTask(work, sink);
            if (last.giveTo(this::scheduler) != null && last.giveTo(Schedulers::boundedElastic) != null) {
                // On this thread rather than never.
                last.run();
            }
        });
    }

    /**
     * Lets the own threads end when they are through, and interrupts none. (Reactor's {@code disposeGracefully} would
     * wait for them on a thread that is no daemon, and that keeps the process alive for ten seconds.)
     */
    synchronized void endThreads() {
        if (ownExecutor != null) {
            ownExecutor.shutdown();
        }
    }

    private synchronized Scheduler scheduler() {
        if (given != null) {
            return given;
        }
        if (ownScheduler == null) {
            ownExecutor = DaemonThreads.newExecutor("status-io", THREADS, QUEUE);
            ownScheduler = Schedulers.fromExecutorService(ownExecutor, "status-io");
        }
        return ownScheduler;
    }

    private boolean enter() {
        long count = pending.get();
        while (count < CLOSED) {
            if (pending.compareAndSet(count, count + 1)) {
                return true;
            }
            count = pending.get();
        }
        return false;
    }

    private void leave() {
        if (pending.decrementAndGet() == CLOSED) {
            idle.tryEmitEmpty();
        }
    }

    private enum State {
        WAITING,
        BEGUN,
        DROPPED
    }

    /**
     * What a scheduler is given. It runs once at most: a scheduler may queue it before it finds that there is no thread
     * for it, and throw, and run it later all the same.
     */
    private abstract static class Once implements Runnable {
        final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
        private volatile @Nullable Thread runner;

        /** Does the work. */
        abstract void begin();

        @Override
        public final void run() {
            if (state.compareAndSet(State.WAITING, State.BEGUN)) {
                runner = Thread.currentThread();
                begin();
            }
        }

        /** Gives this to the scheduler. Returns what that threw, or null; this may have begun all the same, or do so. */
        final @Nullable Throwable giveTo(Supplier<Scheduler> scheduler) {
            try {
                scheduler.get().schedule(this);
                return null;
            } catch (Throwable thrown) {
                if (runner == Thread.currentThread()) {
                    // It was run within the call: this is an error of its own or of its subscriber's, and no refusal.
                    throw thrown;
                }
                return thrown;
            }
        }
    }

    private static final class LastTask extends Once {
        private final Callable<@Nullable Void> work;
        private final MonoSink<Void> sink;

        LastTask(Callable<@Nullable Void> work, MonoSink<Void> sink) {
            this.work = work;
            this.sink = sink;
        }

        @Override
        void begin() {
            try {
                work.call();
            } catch (Throwable failure) {
                sink.error(failure);
                Exceptions.throwIfJvmFatal(failure);
                return;
            }
            sink.success();
        }
    }

    private final class Task<T> extends Once implements Ending<T> {
        private final Beginning<T> work;
        private final MonoSink<T> sink;

        Task(Beginning<T> work, MonoSink<T> sink) {
            this.work = work;
            this.sink = sink;
        }

        /** Prevents the work if it has not begun; returns whether it did. */
        boolean withdraw() {
            boolean prevented = state.compareAndSet(State.WAITING, State.DROPPED);
            if (prevented) {
                leave();
            }
            return prevented;
        }

        /** Prevents the work if it has not begun; else only its result is dropped. */
        void drop() {
            if (state.getAndSet(State.DROPPED) == State.WAITING) {
                leave();
            }
        }

        @Override
        void begin() {
            work.begin(this);
        }

        @Override
        public void succeed(@Nullable T result) {
            // Before the signal: a subscriber that closes the store, and waits for it, does not wait for itself.
            leave();
            sink.success(result);
        }

        @Override
        public void fail(Throwable failure) {
            leave();
            if (state.get() == State.DROPPED) {
                // Nobody is there to be told; what a write came to must not vanish in silence.
                Operators.onErrorDropped(failure, Context.of(sink.contextView()));
            } else {
                sink.error(failure);
            }
            Exceptions.throwIfJvmFatal(failure);
        }
    }
}
