package io.containerstatus.fs;

import io.containerstatus.testing.Fault.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** Fails calls. What it took and yet failed runs when the test runs it. */
final class FaultyScheduler implements Scheduler {
    private final Scheduler real;
    private final List<Runnable> queued = new ArrayList<>();
    private @Nullable Thrown thrown;
    private Moment moment = Moment.BEFORE_IT_TOOK_THE_TASK;
    private Span span = Span.ONCE;
    private int index;
    private int calls;
    private int raised;

    /** What a call throws. */
    enum Thrown {
        REJECTED(() -> new RejectedExecutionException("of the test")),
        UNEXPECTED(() -> new IllegalStateException("of the test")),
        OUT_OF_MEMORY(() -> new OutOfMemoryError("of the test: unable to create native thread")),
        STACK_OVERFLOW(() -> new StackOverflowError("of the test"));

        private final Supplier<Throwable> newOne;

        Thrown(Supplier<Throwable> newOne) {
            this.newOne = newOne;
        }

        private void raise() {
            Throwable thrown = newOne.get();
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }

        boolean matches(@Nullable Throwable other) {
            return newOne.get().getClass().isInstance(other);
        }
    }

    /** When a call throws. An executor with a queue may only then find that it can start no thread for what it queued. */
    enum Moment {
        BEFORE_IT_TOOK_THE_TASK,
        AFTER_IT_QUEUED_THE_TASK
    }

    /** Fails none until it is told to. */
    FaultyScheduler(Scheduler real) {
        this.real = real;
    }

    /** Fails the call of this index, counted from 0 and from now on. */
    synchronized void fail(int index, Thrown thrown, Moment moment, Span span) {
        this.index = index;
        this.thrown = thrown;
        this.moment = moment;
        this.span = span;
        calls = 0;
    }

    /** Fails every call from now on. */
    void fail(Thrown thrown, Moment moment) {
        fail(0, thrown, moment, Span.FROM_THEN_ON);
    }

    /** Returns how many calls were failed. */
    synchronized int raised() {
        return raised;
    }

    /** Takes out what was queued and yet failed. */
    synchronized List<Runnable> takeQueued() {
        List<Runnable> taken = List.copyOf(queued);
        queued.clear();
        return taken;
    }

    @Override
    public Disposable schedule(Runnable task) {
        Thrown now = next(task);
        if (now != null) {
            now.raise();
        }
        return real.schedule(task);
    }

    private synchronized @Nullable Thrown next(Runnable task) {
        int call = calls++;
        if (thrown == null || call < index || (span == Span.ONCE && call > index)) {
            return null;
        }
        raised++;
        if (moment == Moment.AFTER_IT_QUEUED_THE_TASK) {
            queued.add(task);
        }
        return thrown;
    }

    @Override
    public Worker createWorker() {
        return new Worker() {
            @Override
            public Disposable schedule(Runnable task) {
                return FaultyScheduler.this.schedule(task);
            }

            @Override
            public void dispose() {}
        };
    }
}
