package io.containerstatus.reactive;

import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * One thread's run through a lane: how many operations it may still execute, and which results it has to emit once it has
 * left the lane. Results wait for that, so that a subscriber that waits for the same container does not wait for
 * itself.
 *
 * <p>It is created before the thread owns the lane, so that no memory has to be found for it afterwards. If the run breaks
 * off, it keeps what was under way, for the next owner to end.
 */
final class LaneRun {
    /** How many operations a caller's thread executes before a lane thread goes on. */
    private static final int CALLER_BUDGET = 256;

    private @Nullable Operation<?> own;
    private boolean ownEnded;
    private int budget;
    private final OperationList ended = new OperationList();
    private @Nullable OperationList moved;
    private @Nullable Throwable fatal;

    /** The operation whose result is being given to the signal scheduler. */
    private @Nullable Operation<?> emitting;

    /** The operation that is being executed. */
    @Nullable
    Operation<?> current;

    /** What has been gathered, until it was settled. */
    @Nullable
    Batch batch;

    /** The durable step that the batch was given to. */
    @Nullable
    DurableStep step;

    /** Whether this thread owns the lane. */
    boolean owns;

    /** What the run broke off with. */
    @Nullable
    Throwable brokenBy;

    /** Why the container is out of use since this run broke off, or was so before. */
    @Nullable
    Throwable outOfUseBecause;

    /** Whether all that it left unfinished when it broke off has ended. */
    boolean isRefused;

    /** The run before it, in the list of the lane that this one is in. */
    @Nullable
    LaneRun before;

    private LaneRun(@Nullable Operation<?> own, int budget) {
        this.own = own;
        this.budget = budget;
    }

    /** Returns the run of a thread that submits an operation. It executes a bounded number of other callers' operations. */
    static LaneRun ofCaller(Operation<?> own) {
        return new LaneRun(own, CALLER_BUDGET);
    }

    /** Returns the run of a thread of the store. */
    static LaneRun ofStore() {
        return new LaneRun(null, Integer.MAX_VALUE);
    }

    /** Returns a run that executes nothing; it only starts the write of what was gathered. */
    static LaneRun ofTimer() {
        return new LaneRun(null, 0);
    }

    /** Counts one operation; returns false when another thread must go on. */
    boolean spend() {
        return budget-- > 0;
    }

    boolean isSpent() {
        return budget <= 0;
    }

    /**
     * Notes a durable step within the run. If the caller's own operation is part of it, its result is emitted where those
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
        } else {
            ended.add(operation);
        }
        operation.hasEnded = true;
        if (operation == current) {
            current = null;
        }
    }

    void failed(Operation<?> operation, Throwable failure) {
        operation.fail(failure);
        ended(operation);
    }

    /** Takes all operations of a list, whose results are set. If this breaks off, each is current or still in the list. */
    void ended(OperationList operations) {
        Operation<?> operation;
        while ((operation = operations.first()) != null) {
            current = operation;
            operations.removeFirst();
            ended(operation);
        }
    }

    /** Takes an operation that goes to the lane which has replaced this one. */
    void moved(Operation<?> operation) {
        if (moved == null) {
            moved = new OperationList();
        }
        moved.add(operation);
        current = null;
    }

    /** Returns whether results have not been emitted. */
    boolean hasResults() {
        return emitting != null || !ended.isEmpty();
    }

    /** Takes over the results that a run which broke off has not emitted. */
    void adoptResults(LaneRun broken) {
        if (broken.emitting != null) {
            ended(broken.emitting);
            broken.emitting = null;
        }
        if (broken.own != null && broken.ownEnded) {
            ended(broken.own);
            broken.own = null;
        }
        ended(broken.ended);
        Operation<?> operation;
        while (broken.moved != null && (operation = broken.moved.first()) != null) {
            current = operation;
            broken.moved.removeFirst();
            moved(operation);
        }
    }

    /** Keeps an error that no program should go on after. It is thrown when the lane is in order. */
    void noteIfFatal(Throwable thrown) {
        try {
            Exceptions.throwIfFatal(thrown);
        } catch (Throwable rethrown) {
            fatal = rethrown;
        }
    }

    /** Emits the results: those of others on the store's signal scheduler, the caller's own on this thread. */
    void emit(CheckpointStore store, String id) {
        Operation<?> operation;
        // Before the results: what a subscriber submits in answer to one comes after what has waited already.
        while (moved != null && (operation = moved.first()) != null) {
            moved.removeFirst();
            resubmit(operation, store, id);
        }
        // One task each: a subscriber that blocks in its handler, perhaps for another one of these, holds up none.
        while ((operation = ended.first()) != null) {
            emitting = operation;
            ended.removeFirst();
            emit(operation, store);
            emitting = null;
        }
        if (ownEnded && own != null) {
            operation = own;
            own = null;
            operation.signal();
        }
        if (fatal != null) {
            throw Exceptions.propagate(fatal);
        }
    }

    /** Moves the operation to the next lane. One that does not get there ends with what was thrown. */
    private void resubmit(Operation<?> operation, CheckpointStore store, String id) {
        boolean released = false;
        try {
            // Takes memory, so it comes before the operation is given away.
            ContainerLane lane = store.lane(id);
            released = true;
            store.move(operation, lane);
        } catch (Throwable thrown) {
            noteIfFatal(thrown);
            if (!released || !operation.isTaken()) {
                operation.abandon(thrown);
            }
        }
    }

    private void emit(Operation<?> operation, CheckpointStore store) {
        try {
            if (operation instanceof CloseOperation) {
                // Not on a thread that a subscriber may block, nor on a caller's stack: the store's end goes on there.
                store.context().laneThreads().run(operation);
            } else {
                store.context().signals().run(operation);
            }
        } catch (Throwable thrown) {
            noteIfFatal(thrown);
            // Has no effect if the result was emitted before that.
            operation.run();
        }
    }
}
