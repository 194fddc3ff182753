package io.containerstatus.reactive;

import io.containerstatus.fs.internal.DaemonThreads;
import io.containerstatus.fs.internal.OwnScheduler;
import io.containerstatus.fs.internal.TaskDrain;

/**
 * Daemon threads of one store for one purpose. They start when they are first needed. They end when they have
 * been idle for a minute, or with the store.
 */
final class OwnThreads {
    private final String name;
    private final int most;
    private final OwnScheduler scheduler;
    private final TaskDrain tasks;

    /**
     * Creates no thread yet. Later, at most {@code most} threads exist at a time. Their names are
     * {@code name} and a number. With 0, no thread is ever created.
     */
    OwnThreads(String name, int most) {
        this.name = name;
        this.most = most;
        this.scheduler = new OwnScheduler(name, most, Integer.MAX_VALUE);
        this.tasks = new TaskDrain(scheduler);
    }

    /**
     * Runs the task on one of the threads. If there can be none, or if the threads have ended, runs it on
     * this thread.
     */
    void run(Runnable task) {
        if (most == 0) {
            task.run();
        } else {
            tasks.run(task);
        }
    }

    /**
     * Runs the task on an additional thread, which is created for it alone. Returns false if no thread can be
     * started. If the stack of the calling thread is too full for that, throws {@link StackOverflowError},
     * and the task may run or not.
     */
    boolean start(Runnable task) {
        return most > 0 && DaemonThreads.start(task, name + "-last");
    }

    /** Interrupts the threads. */
    void interrupt() {
        scheduler.interrupt();
    }

    /** Lets the threads end once they have run the tasks that they were given. */
    void end() {
        scheduler.end();
    }
}
