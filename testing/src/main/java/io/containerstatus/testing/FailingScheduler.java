package io.containerstatus.testing;

import io.containerstatus.testing.Fault.Span;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * A scheduler in front of another one, of which one call throws, or each from one on. Not part of the published module:
 * who tests code on the library has {@code ManualScheduler.failNext}; this one is for the tests that fail every call of a
 * whole life in turn, on real threads as well, and also after the task was taken.
 */
public final class FailingScheduler implements Scheduler {
    private final Scheduler behind;
    private final Scheduler late;
    private @Nullable Thrown thrown;
    private Moment moment = Moment.BEFORE_TAKING;
    private Span span = Span.ONCE;
    private int index;
    private int calls;
    private int raised;

    /** What a call throws. */
    public enum Thrown {
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

        public boolean matches(@Nullable Throwable other) {
            return newOne.get().getClass().isInstance(other);
        }
    }

    /** When a call throws. An executor with a queue may only then find that it can start no thread for what it queued. */
    public enum Moment {
        BEFORE_TAKING,
        AFTER_TAKING
    }

    /** Fails none until it is told to. */
    public FailingScheduler(Scheduler behind) {
        this(behind, behind);
    }

    /** Fails none until it is told to. What it takes and yet fails goes to {@code late}. */
    public FailingScheduler(Scheduler behind, Scheduler late) {
        this.behind = behind;
        this.late = late;
    }

    /** Fails the call of this index, counted from 0 and from now on. */
    public synchronized FailingScheduler fail(int index, Thrown thrown, Moment moment, Span span) {
        this.index = index;
        this.thrown = thrown;
        this.moment = moment;
        this.span = span;
        calls = 0;
        return this;
    }

    /** Fails the call of this index, and no other. */
    public FailingScheduler fail(int index, Thrown thrown, Moment moment) {
        return fail(index, thrown, moment, Span.ONCE);
    }

    /** Fails every call from now on. */
    public FailingScheduler fail(Thrown thrown, Moment moment) {
        return fail(0, thrown, moment, Span.FROM_THEN_ON);
    }

    /** Returns how many calls there were since it was told which one to fail. */
    public synchronized int calls() {
        return calls;
    }

    /** Returns how many calls were failed. */
    public synchronized int raised() {
        return raised;
    }

    @Override
    public Disposable schedule(Runnable task) {
        Thrown now = next();
        if (now == null) {
            return behind.schedule(task);
        }
        if (moment == Moment.AFTER_TAKING) {
            late.schedule(task);
        }
        now.raise();
        throw new AssertionError(now);
    }

    private synchronized @Nullable Thrown next() {
        int call = calls++;
        if (thrown == null || call < index || (span == Span.ONCE && call > index)) {
            return null;
        }
        raised++;
        return thrown;
    }

    @Override
    public Worker createWorker() {
        return new Worker() {
            @Override
            public Disposable schedule(Runnable task) {
                return FailingScheduler.this.schedule(task);
            }

            @Override
            public void dispose() {}
        };
    }
}
