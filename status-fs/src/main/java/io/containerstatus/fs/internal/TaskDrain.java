package io.containerstatus.fs.internal;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import reactor.core.scheduler.Scheduler;

/**
 * Runs tasks in the order in which they come, on as few threads of a scheduler as they need. Waking a thread
 * costs more than most tasks. So one thread runs the tasks, and as long as tasks wait, one more thread is
 * requested. If a task blocks the first thread, the other one takes over.
 */
public final class TaskDrain {
    private final Supplier<Scheduler> scheduler;
    private final Runnable work = this::runHere;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** Whether a thread was requested that has not polled the tasks yet. */
    private final AtomicBoolean called = new AtomicBoolean();

    /** Starts no thread. The scheduler is requested when a thread is needed. */
    public TaskDrain(Supplier<Scheduler> scheduler) {
        this.scheduler = scheduler;
    }

    /**
     * Runs the task on a thread of the scheduler, or on this one if there is no thread or no memory to request one.
     */
    public void run(Runnable task) {
        add(task);
        run();
    }

    /** As {@link #add(List)}, for one task. */
    public void add(Runnable task) {
        try {
            tasks.offer(task);
        } catch (OutOfMemoryError noMemory) {
            task.run();
        }
    }

    /**
     * Queues tasks. Call {@link #run()}, {@link #runHere()} or {@link #runHereAlone()} after it. If there is no memory to
     * queue the tasks, they run at once, on this thread.
     */
    public void add(List<? extends Runnable> more) {
        try {
            tasks.addAll(more);
        } catch (OutOfMemoryError noMemory) {
            // The queue has added either all tasks or none.
            for (int i = 0; i < more.size(); i++) {
                more.get(i).run();
            }
        }
    }

    /** Runs the queued tasks on a thread of the scheduler, or on this one if there is no thread. */
    public void run() {
        if (!call()) {
            runHere();
        }
    }

    /**
     * Runs the queued tasks on this thread. While one of them blocks, other threads take part, if the scheduler
     * accepts the request.
     */
    public void runHere() {
        // This comes before the tasks are polled, so a task that comes after the last poll requests a thread again.
        called.set(false);
        Runnable task;
        while ((task = tasks.poll()) != null) {
            call();
            task.run();
        }
    }

    /**
     * Runs the queued tasks on this thread, and requests no other one. Call this only if another thread will certainly
     * call {@link #runHere()} or this method after the last task was added. If a task blocks this thread, the other
     * thread runs the rest.
     */
    public void runHereAlone() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run();
        }
    }

    /** Requests a thread if tasks wait and none is requested. Returns false if none can come. */
    private boolean call() {
        if (tasks.isEmpty() || !called.compareAndSet(false, true)) {
            return true;
        }
        boolean comes = HandOver.giveToAnotherThread(work, scheduler);
        if (!comes) {
            // The tasks are run on this thread.
            called.set(false);
        }
        return comes;
    }
}
