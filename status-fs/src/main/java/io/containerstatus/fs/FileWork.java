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
 * Runs work on files on other threads than the caller's, and reports when the last of it has ended.
 *
 * <p>Work that has begun does not depend on its subscription: a cancellation is only recorded, and neither
 * waits for the work nor interrupts it. For this reason, no subscriber gets the scheduler's handle of the task.
 */
final class FileWork {
    private static final int THREADS = 64;
    private static final int QUEUE = 100_000;

    private final Supplier<Scheduler> scheduler;
    private final ThreadFactory lastThread;
    private final OwnScheduler own = new OwnScheduler("status-io", THREADS, QUEUE);
    private final InFlight underWay = new InFlight();

    /**
     * Uses the given scheduler, and never disposes of it. With null, uses threads of its own, which start
     * with the first work.
     */
    FileWork(@Nullable Scheduler given) {
        this(given, task -> DaemonThreads.newThread(task, "status-io-last"));
    }

    /**
     * As the other constructor. {@code lastThread} creates the thread for the last work if the scheduler has none.
     */
    FileWork(@Nullable Scheduler given, ThreadFactory lastThread) {
        this.scheduler = given != null ? () -> given : own;
        this.lastThread = lastThread;
    }

    /**
     * Creates the failure of rejected work. {@code cause} is null if the work was closed; otherwise it is what
     * the scheduler threw.
     */
    interface Refusal {
        StatusException because(@Nullable Throwable cause);
    }

    /** Returns a cold Mono of the work's result; a null result completes it empty. */
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
     * Runs a part of work in progress on another I/O thread once a thread is free, or never. So the work must not
     * depend on the part, and the part must find nothing to do once the work has ended.
     */
    void assist(Runnable part) {
        try {
            scheduler.get().schedule(part);
        } catch (Throwable e) {
            // There is too much work, the given scheduler was disposed of, or the system has no more
            // threads. In every case, the work continues without this help. If this method threw, the work
            // would never report its end.
        }
    }

    /** Accepts no more work, and completes once all accepted work has ended. */
    Mono<Void> drain() {
        return underWay.close();
    }

    /**
     * Runs this once, after everything else, regardless of the state of the scheduler. If the scheduler was
     * disposed of too early or has no free thread, runs it on a new thread. If no thread can be started, runs
     * it on the caller's thread. A cancellation does not prevent it.
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

    /** Lets this object's own threads end once they have done their work. Interrupts none. */
    void endThreads() {
        own.end();
    }

    /** The state of a task. A cancellation prevents a task only while it waits. */
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
            // This comes before the signal: a subscriber that closes the store and waits for that must not wait
            // for itself.
            underWay.leave();
            sink.success(result);
        }

        /** Ends work that no thread has begun; returns false if it was cancelled. */
        boolean withdraw() {
            boolean prevented = state.compareAndSet(State.WAITING, State.DROPPED);
            if (prevented) {
                underWay.leave();
            }
            return prevented;
        }

        /** Prevents the work if it has not begun; otherwise drops only its result. */
        void drop() {
            if (state.getAndSet(State.DROPPED) == State.WAITING) {
                underWay.leave();
            }
        }

        /** Signals the failure. Then throws it again if it is fatal to the virtual machine. */
        private void fail(Throwable failure) {
            underWay.leave();
            if (state.get() == State.DROPPED) {
                // No subscriber receives it, and a failed write must not go unnoticed.
                DroppedErrors.drop(failure, Context.of(sink.contextView()));
            } else {
                sink.error(failure);
            }
            Exceptions.throwIfJvmFatal(failure);
        }
    }
}
