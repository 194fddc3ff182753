package io.containerstatus.reactive;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A commit timer for one task, without a thread: an actor runs the task. */
final class RaceTimer extends CommitTimer {
    private final AtomicReference<@Nullable Runnable> started = new AtomicReference<>();
    private long now;
    private @Nullable Error breaksWith;
    private int readsLeft;

    /** Makes one read of the time fail, after this number of reads; called before the race. */
    void breakAfter(int reads, Error error) {
        readsLeft = reads;
        breaksWith = error;
    }

    /** Makes the write in progress one that is followed by a wait; called before the race. */
    void pass() {
        now += patience().toNanos();
    }

    /** Runs the task that was started, as if its time had come. */
    void ring() {
        Runnable due = started.getAndSet(null);
        if (due != null) {
            due.run();
        }
    }

    void ringUntilNothingIsStarted() {
        while (started.get() != null) {
            ring();
        }
    }

    @Override
    long now() {
        Error error = breaksWith;
        if (error != null && readsLeft-- == 0) {
            breaksWith = null;
            throw error;
        }
        return now;
    }

    @Override
    boolean start(Runnable task, long nanos) {
        started.set(task);
        return true;
    }
}
