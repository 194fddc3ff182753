package io.containerstatus.reactive;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/** Keeps what is scheduled until the test runs one of it, not in order, on the test's thread. */
final class StepScheduler implements Scheduler {
    private final List<Runnable> tasks = new ArrayList<>();

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
        throw new UnsupportedOperationException("the store disposes no scheduler that it was given");
    }

    /** Runs one that waits, whichever; returns false if there is none. */
    boolean runOne(Random random) {
        if (tasks.isEmpty()) {
            return false;
        }
        tasks.remove(random.nextInt(tasks.size())).run();
        return true;
    }
}
