package io.containerstatus.fs.internal;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.scheduler.Scheduler;

/**
 * A task that is handed to a scheduler which may throw anything. A scheduler may queue a task, then find that
 * no thread can be started, throw, and run the task later nevertheless. This class ensures that each task is
 * either taken and runs once, or rejected and never runs.
 */
public final class HandOver implements Runnable {
    private static final AtomicIntegerFieldUpdater<HandOver> STATE =
            AtomicIntegerFieldUpdater.newUpdater(HandOver.class, "state");

    /** The scheduler has not run the task. */
    private static final int WAITING = 0;
    /** A thread runs the task, or has run it. */
    private static final int TAKEN = 1;
    /** The scheduler threw, or tried to run the task on an excluded thread. The task never runs. */
    private static final int REFUSED = 2;

    private final Runnable task;
    private volatile int state = WAITING;
    private volatile @Nullable Thread runner;
    private volatile boolean finished;
    /**
     * The thread that hands the task over, which must not run it meanwhile; null if every thread may run it. Each
     * thread only compares this field with itself, so it needs no synchronization.
     */
    private @Nullable Thread excluded;

    private HandOver(Runnable task) {
        this.task = task;
    }

    /**
     * Hands the task to the scheduler.
     *
     * @return null if the scheduler has taken the task, which has run or will run. Otherwise, what the
     *     scheduler threw; then the task never runs
     * @throws RuntimeException if the scheduler ran the task within this call, and the task threw it. An
     *     {@code Error} of the task is thrown as well
     */
    public static @Nullable Throwable give(Runnable task, Scheduler scheduler) {
        HandOver handOver = null;
        try {
            handOver = new HandOver(task);
            scheduler.schedule(handOver);
            return null;
        } catch (Throwable thrown) {
            if (handOver == null || handOver.refuse()) {
                return thrown;
            }
            if (handOver.runner == Thread.currentThread() && !handOver.finished) {
                throw Exceptions.propagate(thrown);
            }
            return null;
        }
    }

    /** As {@link #give(Runnable, Scheduler)}, with a scheduler that is created when it is needed. */
    public static @Nullable Throwable give(Runnable task, Supplier<Scheduler> scheduler) {
        Scheduler made;
        try {
            made = scheduler.get();
        } catch (Throwable thrown) {
            return thrown;
        }
        return give(task, made);
    }

    /**
     * Hands the task to another thread. If the scheduler runs the task within this call, as
     * {@code Schedulers.immediate()} does, that counts as a rejection.
     *
     * @return whether another thread runs the task, has run it, or will run it. If not, the task never runs
     */
    public static boolean giveToAnotherThread(Runnable task, Supplier<Scheduler> scheduler) {
        HandOver handOver = null;
        try {
            handOver = new HandOver(task);
            handOver.excluded = Thread.currentThread();
            scheduler.get().schedule(handOver);
        } catch (Throwable thrown) {
            if (handOver == null) {
                return false;
            }
            handOver.refuse();
        }
        handOver.excluded = null;
        return handOver.state != REFUSED;
    }

    /** Prevents the task from running, unless a thread has taken it. Returns whether it is prevented. */
    private boolean refuse() {
        return state == WAITING && STATE.compareAndSet(this, WAITING, REFUSED);
    }

    @Override
    public void run() {
        if (excluded == Thread.currentThread()) {
            refuse();
        } else if (STATE.compareAndSet(this, WAITING, TAKEN)) {
            runner = Thread.currentThread();
            task.run();
            finished = true;
        }
    }
}
