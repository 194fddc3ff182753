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
    /** How many operations it may still run. */
    int budget;

    private boolean ownEnded;
    private @Nullable List<Operation<?>> others;
    private @Nullable List<Runnable> followUps;
    private @Nullable Throwable fatal;

    /** What has been gathered and not given to the disk. With those below, for whoever goes on when the turn breaks off. */
    @Nullable
    Batch batch;

    /** What was given to the disk and is not settled. */
    @Nullable
    DiskStep step;

    /** What is being run. */
    @Nullable
    Operation<?> running;

    /** What the turn broke off with. */
    @Nullable
    Throwable brokenBy;

    /** Whether a thread of the store was called to go on with this turn, which is parked. */
    volatile boolean isCalled;

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

    /** Returns the turn of a thread of the store that begins with a durable step that has ended. */
    static Turn ofStore(DiskStep ended) {
        Turn turn = ofStore();
        turn.step = ended;
        return turn;
    }

    /** Returns the turn of a thread that runs nothing: it only starts the write of what has been gathered. */
    static Turn ofTimer() {
        return new Turn(null, 0);
    }

    /** Begins anew after it broke off, on a thread that did not submit what it was about. */
    void mended() {
        if (own != null && ownEnded) {
            others().add(own);
        }
        own = null;
        batch = null;
        step = null;
        running = null;
        brokenBy = null;
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
        others().add(operation);
    }

    private List<Operation<?>> others() {
        List<Operation<?>> list = others;
        if (list == null) {
            list = new ArrayList<>();
            others = list;
        }
        return list;
    }

    /** Returns whether the operation's result is set and will be signalled. */
    boolean hasEnded(Operation<?> operation) {
        return (operation == own && ownEnded) || (others != null && others.contains(operation));
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
