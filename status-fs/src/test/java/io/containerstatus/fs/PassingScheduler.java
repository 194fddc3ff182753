package io.containerstatus.fs;

import java.util.function.Consumer;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** A scheduler that passes each task to a consumer, within the call. */
final class PassingScheduler implements Scheduler {
    private final Consumer<Runnable> tasks;

    private PassingScheduler(Consumer<Runnable> tasks) {
        this.tasks = tasks;
    }

    static Scheduler to(Consumer<Runnable> tasks) {
        return new PassingScheduler(tasks);
    }

    @Override
    public Disposable schedule(Runnable task) {
        tasks.accept(task);
        return () -> {};
    }

    @Override
    public Worker createWorker() {
        throw new UnsupportedOperationException();
    }
}
