package io.containerstatus.reactive;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A commit timer of one task that has no thread: an actor is its time. */
final class RaceTimer extends CommitTimer {
    private final AtomicReference<@Nullable Runnable> started = new AtomicReference<>();
    private long now;
    private @Nullable Error breaksWith;
    private int looksBefore;

    /** Makes one look at the time fail, after so many; before the race. */
    void breakAfter(int looks, Error error) {
        looksBefore = looks;
        breaksWith = error;
    }

    /** Lets the write under way become one that is followed by a wait; before the race. */
    void pass() {
        now += patience().toNanos();
    }

    /** Runs what was started, as when its time has come. */
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
        if (error != null && looksBefore-- == 0) {
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
