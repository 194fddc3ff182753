package io.containerstatus.fs;

import io.containerstatus.StatusException;
import io.containerstatus.fs.internal.DaemonThreads;
import io.containerstatus.fs.internal.DroppedErrors;
import io.containerstatus.fs.internal.HandOver;
import io.containerstatus.fs.internal.InFlight;
import io.containerstatus.fs.internal.OwnScheduler;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
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

    private final Supplier<Scheduler> scheduler;
    private final ThreadFactory lastThread;
    private final OwnScheduler own = new OwnScheduler("status-io", THREADS, QUEUE);
    private final InFlight underWay = new InFlight();

    /** Uses the scheduler, and never disposes of it; with null, threads of its own, from the first work on. */
    FileWork(@Nullable Scheduler given) {
        this(given, task -> DaemonThreads.newThread(task, "status-io-last"));
    }

    /** As above; {@code lastThread} makes the thread for the last work where the scheduler has none. */
    FileWork(@Nullable Scheduler given, ThreadFactory lastThread) {
        this.scheduler = given != null ? () -> given : own;
        this.lastThread = lastThread;
    }

    /** Makes the failure of work that was not accepted: closed when there is no cause, else what the scheduler threw. */
    interface Refusal {
        StatusException because(@Nullable Throwable cause);
    }

    /** Returns a cold Mono of the work's result; null completes it empty. */
    <T> Mono<T> run(Callable<@Nullable T> work, Refusal refusal) {
        return Mono.create(sink -> {
            Task<T> task = new Task<>(work, sink);
            if (!underWay.enter()) {
                sink.error(refusal.because(null));
                return;
            }
            try {
                sink.onCancel(task::drop);
            } catch (Throwable thrown) {
                task.drop();
                throw thrown;
            }
            Throwable refused = HandOver.give(task, scheduler);
            if (refused != null && task.withdraw()) {
                sink.error(refusal.because(refused));
            }
        });
    }

    /**
     * Has a part of work that is under way run on another I/O thread when one is free, or never: what must be done does
     * not depend on it. Nothing waits for the part, so it must find nothing to do once the work has ended.
     */
    void assist(Runnable part) {
        try {
            scheduler.get().schedule(part);
        } catch (Throwable e) {
            // Too much is going on, the given scheduler was disposed of, or the system has no more threads to give.
            // Whatever it is, the work goes on without this help: if it stopped here, nobody would tell its end.
        }
    }

    /** Accepts no more work, and completes when all that was accepted has ended. */
    Mono<Void> drain() {
        return underWay.close();
    }

    /**
     * Runs this once, after everything else, whatever the scheduler does: on a thread of its own where the scheduler was
     * disposed too early or has no thread to give, and on the caller's where none can be had at all. A cancellation does
     * not prevent it.
     */
    Mono<Void> runLast(Callable<@Nullable Void> work) {
        return Mono.create(sink -> {
            Runnable last = () -> runLast(work, sink);
            if (HandOver.give(last, scheduler) != null && !startThread(last)) {
                last.run();
            }
        });
    }

    private boolean startThread(Runnable task) {
        try {
            lastThread.newThread(task).start();
            return true;
        } catch (Throwable noThread) {
            return false;
        }
    }

    private static void runLast(Callable<@Nullable Void> work, MonoSink<Void> sink) {
        try {
            work.call();
        } catch (Throwable failure) {
            sink.error(failure);
            Exceptions.throwIfJvmFatal(failure);
            return;
        }
        sink.success();
    }

    /** Lets the own threads end when they are through, and interrupts none. */
    void endThreads() {
        own.end();
    }

    /** Where a task is; a cancellation only prevents one that waits. */
    private enum State {
        WAITING,
        BEGUN,
        DROPPED
    }

    private final class Task<T> implements Runnable {
        private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
        private final Callable<@Nullable T> work;
        private final MonoSink<T> sink;

        Task(Callable<@Nullable T> work, MonoSink<T> sink) {
            this.work = work;
            this.sink = sink;
        }

        @Override
        public void run() {
            if (!state.compareAndSet(State.WAITING, State.BEGUN)) {
                return;
            }
            T result;
            try {
                result = work.call();
            } catch (Throwable failure) {
                fail(failure);
                return;
            }
            // Before the signal: a subscriber that closes the store, and waits for it, does not wait for itself.
            underWay.leave();
            sink.success(result);
        }

        /** Ends work that no thread has taken; returns false if it was cancelled. */
        boolean withdraw() {
            boolean prevented = state.compareAndSet(State.WAITING, State.DROPPED);
            if (prevented) {
                underWay.leave();
            }
            return prevented;
        }

        /** Prevents the work if it has not begun; otherwise only its result is dropped. */
        void drop() {
            if (state.getAndSet(State.DROPPED) == State.WAITING) {
                underWay.leave();
            }
        }

        /** Tells why there is no result; afterwards throws it on if it is fatal to the virtual machine. */
        private void fail(Throwable failure) {
            underWay.leave();
            if (state.get() == State.DROPPED) {
                // No subscriber is there to receive it, and a failed write must not vanish in silence.
                DroppedErrors.drop(failure, Context.of(sink.contextView()));
            } else {
                sink.error(failure);
            }
            Exceptions.throwIfJvmFatal(failure);
        }
    }
}
