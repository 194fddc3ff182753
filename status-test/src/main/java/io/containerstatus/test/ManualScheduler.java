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
 * A scheduler that queues each task. A task runs only when the test calls a method of this scheduler, on the
 * calling thread.
 *
 * <p>This scheduler has no clock. If a task has a delay, scheduling it throws a
 * {@link java.util.concurrent.RejectedExecutionException}. For tests with time, {@code reactor-test}
 * has {@code VirtualTimeScheduler}.
 *
 * <p>This class is threadsafe. A task runs at most once. If its {@link Disposable} is disposed of first, it
 * never runs.
 */
public final class ManualScheduler implements Scheduler {
    /** The tasks that have not run yet, oldest first. */
    private final List<Task> tasks = new ArrayList<>();

    private final Queue<Throwable> failures = new ArrayDeque<>();
    private boolean disposed;

    /** Creates a scheduler without tasks. */
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
     * Makes the next call that schedules a task throw this exception instead. If this method is called
     * several times, as many calls fail, in order. A real scheduler throws a
     * {@link java.util.concurrent.RejectedExecutionException} if its queue is full, and an
     * {@link OutOfMemoryError} if it cannot start a thread.
     *
     * @throws IllegalArgumentException if {@code failure} is a checked exception, which no scheduler can throw
     */
    public void failNext(Throwable failure) {
        if (!(Objects.requireNonNull(failure, "failure") instanceof RuntimeException || failure instanceof Error)) {
            throw new IllegalArgumentException("no scheduler can throw a checked exception", failure);
        }
        synchronized (tasks) {
            failures.add(failure);
        }
    }

    /** Returns the number of queued tasks. */
    public int waiting() {
        synchronized (tasks) {
            return tasks.size();
        }
    }

    /**
     * Runs the oldest queued task on this thread, and removes it from the queue. If the task throws, this
     * method throws the same exception.
     *
     * @return false if no task was queued
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
     * Runs one of the queued tasks on this thread, and removes it from the queue. So a test can run tasks out
     * of order, as a scheduler with several threads may. Do not use this method for the tasks of a
     * {@link Worker}, which must run in order. If the task throws, this method throws the same exception.
     *
     * @param index the index of the task in the queue; the oldest task has the index 0
     * @throws IndexOutOfBoundsException if no task has this index
     */
    public void run(int index) {
        Task task;
        synchronized (tasks) {
            task = tasks.remove(index);
        }
        task.work.run();
    }

    /**
     * Runs the queued tasks, oldest first, including the tasks that they schedule, until the queue is empty.
     * If each task schedules another one, this method does not return. If a task throws, this method throws
     * the same exception, and the other tasks stay queued.
     */
    public void runAll() {
        while (runNext()) {
            // runNext does the work
        }
    }

    /**
     * Queues the task, unless {@link #failNext} has been called.
     *
     * @return the task; disposing of it before it runs removes it from the queue
     * @throws java.util.concurrent.RejectedExecutionException if this scheduler was disposed of
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

    /**
     * Returns a worker whose tasks are in the same queue as all others. Disposing of the worker removes those
     * of its tasks that have not run.
     */
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

    /** Removes all queued tasks, and accepts no more tasks. */
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
