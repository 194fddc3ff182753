package io.containerstatus.reactive;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * One thread's turn at a lane: how many operations it may still run, and what it has to signal once the lane is no
 * longer its own. Signals wait for that, so that a subscriber that waits for the same lane does not wait for itself.
 */
final class Turn {
    private @Nullable Operation<?> own;
    private int budget;
    private boolean ownEnded;
    private @Nullable List<Operation<?>> others;
    private @Nullable List<Runnable> followUps;
    private @Nullable Throwable fatal;

    private Turn(@Nullable Operation<?> own, int budget) {
        this.own = own;
        this.budget = budget;
    }

    /** Returns the turn of a thread that submitted an operation; it runs a bounded number of those of others. */
    static Turn ofCaller(Operation<?> own, int budget) {
        return new Turn(own, budget);
    }

    /** Returns the turn of a thread of the store. */
    static Turn ofStore() {
        return new Turn(null, Integer.MAX_VALUE);
    }

    /** Returns the turn of a thread that runs nothing: it only starts the write of what has been gathered. */
    static Turn ofTimer() {
        return new Turn(null, 0);
    }

    /** Counts one operation; returns false when another thread must go on. */
    boolean spend() {
        return budget-- > 0;
    }

    boolean isSpent() {
        return budget <= 0;
    }

    /**
     * Notes a durable step within the turn. If the own operation has a part in it, its result is signalled where those
     * of others are, however fast the disk was: a subscriber can rely on the thread.
     */
    void touchedDisk() {
        if (!ownEnded) {
            own = null;
        }
    }

    /** Takes an operation whose result is set. */
    void ended(Operation<?> operation) {
        if (operation == own) {
            ownEnded = true;
            return;
        }
        if (others == null) {
            others = new ArrayList<>();
        }
        others.add(operation);
    }

    void failed(Operation<?> operation, Throwable failure) {
        operation.fail(failure);
        ended(operation);
    }

    /** Runs this once the lane is free, on this thread. */
    void then(Runnable followUp) {
        if (followUps == null) {
            followUps = new ArrayList<>();
        }
        followUps.add(followUp);
    }

    /** Keeps an error that no program goes on after, to be thrown when the lane is in order. */
    void noteIfFatal(Throwable thrown) {
        try {
            Exceptions.throwIfFatal(thrown);
        } catch (Throwable rethrown) {
            fatal = rethrown;
        }
    }

    /** Runs this so that what comes after it is run in any case. */
    private void runNoting(Runnable step) {
        try {
            step.run();
        } catch (Throwable thrown) {
            noteIfFatal(thrown);
        }
    }

    /** Ends the turn: signals the others' results on the store's signal scheduler and the own one here. */
    void end(Signals signals) {
        if (followUps != null) {
            // Before the signals: what a subscriber submits in answer to one comes after what waited already.
            followUps.forEach(this::runNoting);
        }
        if (others != null) {
            // One task each: a subscriber that blocks in its handler, for another one of these even, must not hold it
            // up.
            others.forEach(operation -> runNoting(() -> signals.run(operation::signal)));
        }
        if (ownEnded && own != null) {
            own.signal();
        }
        if (fatal != null) {
            throw Exceptions.propagate(fatal);
        }
    }
}
