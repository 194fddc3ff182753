package io.containerstatus.reactive;

import io.containerstatus.fs.internal.DaemonThreads;
import io.containerstatus.fs.internal.OwnScheduler;
import io.containerstatus.fs.internal.TaskDrain;

/**
 * Daemon threads of one store for one purpose. They start when they are first needed, and end when they are idle for a
 * minute, or with the store.
 */
final class OwnThreads {
    private final String name;
    private final int most;
    private final OwnScheduler scheduler;
    private final TaskDrain tasks;

    /** Makes no thread yet; later at most so many, which are called by the name and a number. With 0, none is ever made. */
    OwnThreads(String name, int most) {
        this.name = name;
        this.most = most;
        this.scheduler = new OwnScheduler(name, most, Integer.MAX_VALUE);
        this.tasks = new TaskDrain(scheduler);
    }

    /** Runs the task on one of the threads; on this one if none can be had, or if the threads have ended. */
    void run(Runnable task) {
        if (most == 0) {
            task.run();
        } else {
            tasks.run(task);
        }
    }

    /**
     * Runs the task on a further thread, made for it alone; returns false if none can be had. If this thread's stack is too
     * full for that, throws {@link StackOverflowError}, and the task runs or not.
     */
    boolean start(Runnable task) {
        return most > 0 && DaemonThreads.start(task, name + "-last");
    }

    /** Interrupts what the threads do. */
    void interrupt() {
        scheduler.interrupt();
    }

    /** Lets the threads end when they are through with what they were given. */
    void end() {
        scheduler.end();
    }
}
