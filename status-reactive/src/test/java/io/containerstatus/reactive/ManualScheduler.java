package io.containerstatus.reactive;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/** Keeps what is scheduled until the test runs it, on the test's thread: time stands still between two steps. */
class ManualScheduler implements Scheduler {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private volatile boolean disposed;

    @Override
    public Disposable schedule(Runnable task) {
        tasks.add(task);
        return Disposables.disposed();
    }

    @Override
    public Worker createWorker() {
        throw new UnsupportedOperationException("the store schedules single tasks only");
    }

    @Override
    public void dispose() {
        disposed = true;
    }

    @Override
    public boolean isDisposed() {
        return disposed;
    }

    int waiting() {
        return tasks.size();
    }

    /** Runs what waits and what that schedules, until nothing is left. */
    void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
