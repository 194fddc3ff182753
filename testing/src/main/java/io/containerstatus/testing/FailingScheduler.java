package io.containerstatus.testing;

import io.containerstatus.testing.FailingHook.Span;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * A scheduler that delegates to another one, and of which one call throws, or every call from one call on. It is not
 * part of the published module, because {@code ManualScheduler.failNext} is enough for tests of code that uses the
 * library. This scheduler is for tests that fail each call of a store's life in turn. It uses real threads, and a
 * call can also accept the task and then fail.
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

    /** The exceptions that a call may throw. */
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

    /**
     * When a call throws. An executor with a queue may accept a task, and then find that it cannot start a
     * thread for it.
     */
    public enum Moment {
        BEFORE_TAKING,
        AFTER_TAKING
    }

    /** Creates a scheduler that fails no call until {@link #fail} is called. */
    public FailingScheduler(Scheduler behind) {
        this(behind, behind);
    }

    /**
     * Creates a scheduler that fails no call until {@link #fail} is called. A task that it accepts although
     * the call fails runs on {@code late}.
     */
    public FailingScheduler(Scheduler behind, Scheduler late) {
        this.behind = behind;
        this.late = late;
    }

    /** Fails the call with this index. The next call has the index 0. */
    public synchronized FailingScheduler fail(int index, Thrown thrown, Moment moment, Span span) {
        this.index = index;
        this.thrown = thrown;
        this.moment = moment;
        this.span = span;
        calls = 0;
        return this;
    }

    /** Fails the call with this index, and no other. */
    public FailingScheduler fail(int index, Thrown thrown, Moment moment) {
        return fail(index, thrown, moment, Span.ONCE);
    }

    /** Fails every call from now on. */
    public FailingScheduler fail(Thrown thrown, Moment moment) {
        return fail(0, thrown, moment, Span.FROM_THEN_ON);
    }

    /** Returns the number of calls since {@link #fail} was called. */
    public synchronized int calls() {
        return calls;
    }

    /** Returns the number of failed calls. */
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
