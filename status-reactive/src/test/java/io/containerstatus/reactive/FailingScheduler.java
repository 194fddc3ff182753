package io.containerstatus.reactive;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** A scheduler in front of another one, of which one call throws, before or after it has taken the task. */
final class FailingScheduler implements Scheduler {
    private final Scheduler behind;
    private final int failing;
    private final Failure failure;
    private final Moment moment;
    private final AtomicInteger calls = new AtomicInteger();

    /** What it throws. */
    enum Failure {
        REFUSED(() -> new RejectedExecutionException("full")),
        BROKEN(() -> new IllegalStateException("broken")),
        WITHOUT_A_THREAD(() -> new OutOfMemoryError("unable to create native thread"));

        private final Supplier<Throwable> thrown;

        Failure(Supplier<Throwable> thrown) {
            this.thrown = thrown;
        }
    }

    /** When it throws. */
    enum Moment {
        BEFORE_TAKING,
        /** As a pool does that queues first: the task is run all the same, later. */
        AFTER_TAKING
    }

    /** Creates one whose call of this number throws, counted from 0; none does if it is negative. */
    FailingScheduler(Scheduler behind, int failing, Failure failure, Moment moment) {
        this.behind = behind;
        this.failing = failing;
        this.failure = failure;
        this.moment = moment;
    }

    int calls() {
        return calls.get();
    }

    @Override
    public Disposable schedule(Runnable task) {
        boolean fails = calls.getAndIncrement() == failing;
        if (fails && moment == Moment.BEFORE_TAKING) {
            throw thrown();
        }
        Disposable taken = behind.schedule(task);
        if (fails) {
            throw thrown();
        }
        return taken;
    }

    private RuntimeException thrown() {
        return FailingScheduler.<RuntimeException>unchecked(failure.thrown.get());
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Thrown as it is, whatever it is.
    private static <T extends Throwable> RuntimeException unchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Override
    public Worker createWorker() {
        return behind.createWorker();
    }
}
