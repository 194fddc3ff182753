package io.containerstatus.fs;

import io.containerstatus.StatusException;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
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

    /** Makes the failure of work that was not accepted: closed when there is no cause, else refused by the scheduler. */
    interface Refusal {
        StatusException because(@Nullable RejectedExecutionException cause);
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
            try {
                scheduler().schedule(task);
            } catch (RejectedExecutionException e) {
                task.drop();
                sink.error(refusal.because(e));
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
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // Too much is going on, the given scheduler was disposed of, or the system has no more threads to give: the
            // work goes on without this help.
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

    /** Runs this after everything else, also when the given scheduler was disposed of too early. */
    Mono<Void> runLast(Callable<@Nullable Void> work) {
        Mono<Void> last = Mono.fromCallable(work);
        return Mono.defer(() -> last.subscribeOn(scheduler()))
                .onErrorResume(RejectedExecutionException.class, e -> last.subscribeOn(Schedulers.boundedElastic()));
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

    private final class Task<T> implements Runnable, Ending<T> {
        private final Beginning<T> work;
        private final MonoSink<T> sink;
        private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

        Task(Beginning<T> work, MonoSink<T> sink) {
            this.work = work;
            this.sink = sink;
        }

        /** Prevents the work if it has not begun; else only its result is dropped. */
        void drop() {
            if (state.getAndSet(State.DROPPED) == State.WAITING) {
                leave();
            }
        }

        @Override
        public void run() {
            if (!state.compareAndSet(State.WAITING, State.BEGUN)) {
                return;
            }
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
