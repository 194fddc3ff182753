package io.containerstatus.test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.scheduler.Scheduler;

/**
 * A scheduler that keeps each task until the test runs it, on the test's thread: between two tasks nothing happens.
 *
 * <p>It has no clock, so a task with a delay is refused with {@link java.util.concurrent.RejectedExecutionException}. For
 * time there is {@code VirtualTimeScheduler} of {@code reactor-test}.
 *
 * <p>This class is threadsafe. A task is run at most once, and not at all once its {@link Disposable} was disposed of.
 */
public final class ManualScheduler implements Scheduler {
    /** What is not run yet, in the order in which it came. */
    private final List<Task> tasks = new ArrayList<>();

    private final Queue<Throwable> failures = new ArrayDeque<>();
    private boolean disposed;

    /** Creates one without tasks. */
    public ManualScheduler() {}

    private final class Task implements Disposable {
        private final Runnable work;

        Task(Runnable work) {
            this.work = work;
        }

        @Override
        public void dispose() {
            take(this);
        }

        @Override
        public boolean isDisposed() {
            synchronized (tasks) {
                return !tasks.contains(this);
            }
        }
    }

    /**
     * Has the next call that schedules a task throw this, and take no task. Calls of this method add up: each is for one
     * call more. A scheduler that is full throws a {@link java.util.concurrent.RejectedExecutionException}; one that can
     * start no thread, an {@link OutOfMemoryError}.
     *
     * @throws IllegalArgumentException if it is a checked exception, which no scheduler can throw
     */
    public void failNext(Throwable failure) {
        if (!(Objects.requireNonNull(failure, "failure") instanceof RuntimeException || failure instanceof Error)) {
            throw new IllegalArgumentException("no scheduler can throw a checked exception", failure);
        }
        synchronized (tasks) {
            failures.add(failure);
        }
    }

    /** Returns how many tasks wait to be run. */
    public int waiting() {
        synchronized (tasks) {
            return tasks.size();
        }
    }

    /**
     * Runs the task that waits the longest, on this thread. What it throws is thrown here, and the task is gone.
     *
     * @return false if none waited
     */
    public boolean runNext() {
        Task oldest;
        synchronized (tasks) {
            oldest = tasks.isEmpty() ? null : tasks.remove(0);
        }
        if (oldest == null) {
            return false;
        }
        oldest.work.run();
        return true;
    }

    /**
     * Runs one of the tasks that wait, on this thread: as a scheduler of many threads may, not in order. The tasks of one
     * {@link Worker} are to be run in order, so do not use this for them. What the task throws is thrown here, and the
     * task is gone.
     *
     * @param index which one, counted from 0, which waits the longest
     * @throws IndexOutOfBoundsException if not so many wait
     */
    public void run(int index) {
        Task task;
        synchronized (tasks) {
            task = tasks.remove(index);
        }
        task.work.run();
    }

    /**
     * Runs what waits, and what that schedules, until nothing waits; the oldest first. It does not return as long as each
     * task schedules another one. What a task throws is thrown here, and the others still wait.
     */
    public void runAll() {
        while (runNext()) {
            // The next one.
        }
    }

    /**
     * Keeps the task, unless {@link #failNext} says otherwise.
     *
     * @return disposing of it before the task is run removes the task
     * @throws java.util.concurrent.RejectedExecutionException if this was disposed of
     */
    @Override
    public Disposable schedule(Runnable task) {
        Task kept = new Task(Objects.requireNonNull(task, "task"));
        synchronized (tasks) {
            throwNext(failures.poll());
            if (disposed) {
                throw Exceptions.failWithRejected();
            }
            tasks.add(kept);
        }
        return kept;
    }

    private static void throwNext(@Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private void take(Task task) {
        synchronized (tasks) {
            tasks.remove(task);
        }
    }

    /** Returns a worker whose tasks wait among all others. Disposing of it removes those that were not run. */
    @Override
    public Worker createWorker() {
        Disposable.Composite own = Disposables.composite();
        return new Worker() {
            @Override
            public Disposable schedule(Runnable task) {
                if (own.isDisposed()) {
                    throw Exceptions.failWithRejected();
                }
                Disposable kept = ManualScheduler.this.schedule(task);
                own.add(kept);
                return kept;
            }

            @Override
            public void dispose() {
                own.dispose();
            }

            @Override
            public boolean isDisposed() {
                return own.isDisposed();
            }
        };
    }

    /** Takes no more tasks, and forgets those that wait. */
    @Override
    public void dispose() {
        synchronized (tasks) {
            disposed = true;
            tasks.clear();
        }
    }

    @Override
    public boolean isDisposed() {
        synchronized (tasks) {
            return disposed;
        }
    }
}
