package io.containerstatus.fs.internal;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import reactor.core.scheduler.Scheduler;

/**
 * Runs tasks in the order in which they come, on as few threads of a scheduler as they need. To wake a thread costs more
 * than most tasks do; so one thread runs what is there, and another one is on its way as long as tasks wait: should the
 * first be held up by its task, it takes over.
 */
public final class TaskDrain {
    private final Supplier<Scheduler> scheduler;
    private final Runnable work = this::work;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** Whether a thread is on its way that has not looked at the tasks yet. */
    private final AtomicBoolean called = new AtomicBoolean();

    /** Makes no thread. The scheduler is asked for when a thread is needed. */
    public TaskDrain(Supplier<Scheduler> scheduler) {
        this.scheduler = scheduler;
    }

    /** Has the task run on a thread of the scheduler, or on this one if none comes or no memory is left to call one. */
    public void run(Runnable task) {
        try {
            tasks.offer(task);
        } catch (OutOfMemoryError noMemory) {
            task.run();
            return;
        }
        if (!call()) {
            work();
        }
    }

    /** As {@link #run(Runnable)}, for several tasks. */
    public void run(List<? extends Runnable> more) {
        if (!add(more) || !call()) {
            work();
        }
    }

    /** Runs the tasks on this thread; others take part while one of them is held up, and memory is left to tell them. */
    public void runHere(List<? extends Runnable> more) {
        add(more);
        work();
    }

    /** Returns false if no memory is left to queue the tasks: then they were run. */
    private boolean add(List<? extends Runnable> more) {
        try {
            tasks.addAll(more);
            return true;
        } catch (OutOfMemoryError noMemory) {
            // It adds all or nothing.
            for (int i = 0; i < more.size(); i++) {
                more.get(i).run();
            }
            return false;
        }
    }

    /** Calls a thread if tasks wait and none is on its way; returns false when none can come. */
    private boolean call() {
        if (tasks.isEmpty() || !called.compareAndSet(false, true)) {
            return true;
        }
        boolean comes = false;
        try {
            comes = HandOver.give(work, scheduler) == null;
        } finally {
            if (!comes) {
                // The tasks are run on this thread.
                called.set(false);
            }
        }
        return comes;
    }

    private void work() {
        // Before the look at the tasks: one that comes after the last look calls a thread again.
        called.set(false);
        Runnable task;
        while ((task = tasks.poll()) != null) {
            call();
            task.run();
        }
    }
}
