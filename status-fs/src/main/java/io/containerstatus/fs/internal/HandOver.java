package io.containerstatus.fs.internal;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.scheduler.Scheduler;

/**
 * A task that is given to a scheduler which may throw anything. A scheduler may queue a task before it finds that no
 * thread can be had, throw, and run the task later all the same. So each task is either taken, and runs once; or refused,
 * and never runs.
 */
public final class HandOver implements Runnable {
    private static final AtomicIntegerFieldUpdater<HandOver> STATE =
            AtomicIntegerFieldUpdater.newUpdater(HandOver.class, "state");

    /** The scheduler has not run the task. */
    private static final int WAITING = 0;
    /** A thread runs the task, or has run it. */
    private static final int TAKEN = 1;
    /** The scheduler threw: the task never runs. */
    private static final int REFUSED = 2;

    private final Runnable task;
    private volatile int state = WAITING;
    private volatile @Nullable Thread runner;
    private volatile boolean finished;

    private HandOver(Runnable task) {
        this.task = task;
    }

    /**
     * Gives the task to the scheduler.
     *
     * @return null when the scheduler has taken the task: it was run, or is to be run; otherwise what the scheduler threw,
     *     and the task never runs
     * @throws RuntimeException what the task itself threw, if the scheduler ran it within this call; also an Error
     */
    public static @Nullable Throwable give(Runnable task, Scheduler scheduler) {
        HandOver handOver = null;
        try {
            handOver = new HandOver(task);
            scheduler.schedule(handOver);
            return null;
        } catch (Throwable thrown) {
            if (handOver == null || handOver.isRefused()) {
                return thrown;
            }
            if (handOver.runner == Thread.currentThread() && !handOver.finished) {
                throw Exceptions.propagate(thrown);
            }
            return null;
        }
    }

    /** As {@link #give(Runnable, Scheduler)}, with a scheduler that is made when it is needed. */
    public static @Nullable Throwable give(Runnable task, Supplier<Scheduler> scheduler) {
        Scheduler made;
        try {
            made = scheduler.get();
        } catch (Throwable thrown) {
            return thrown;
        }
        return give(task, made);
    }

    /** Keeps the task from running, unless a thread has taken it. */
    private boolean isRefused() {
        return state == WAITING && STATE.compareAndSet(this, WAITING, REFUSED);
    }

    @Override
    public void run() {
        if (STATE.compareAndSet(this, WAITING, TAKEN)) {
            runner = Thread.currentThread();
            task.run();
            finished = true;
        }
    }
}
