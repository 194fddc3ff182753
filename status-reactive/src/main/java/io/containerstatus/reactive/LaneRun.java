package io.containerstatus.reactive;

import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * One run of a thread through a lane: how many operations it may still execute, and which results it emits
 * after it has left the lane. Results wait until then, so that a subscriber that waits for the same container
 * does not wait for itself.
 *
 * <p>A run is allocated before the thread owns the lane, so that no memory is needed for it afterwards. If an
 * error ends the run early (it <em>breaks off</em>), it keeps what was in progress, and the next owner ends that.
 */
final class LaneRun {
    /** How many operations a caller's thread executes before a lane thread takes over. */
    private static final int CALLER_BUDGET = 256;

    private @Nullable Operation<?> own;
    private boolean ownEnded;
    private int budget;
    private final OperationList ended = new OperationList();
    private @Nullable OperationList moved;
    private @Nullable Throwable fatal;

    /** The operation whose result is being handed to the signal scheduler. */
    private @Nullable Operation<?> emitting;

    /** The operation that is being executed. */
    @Nullable
    Operation<?> current;

    /** The batch that is gathered or written, until it is settled. */
    @Nullable
    Batch batch;

    /** The durable step of the batch. */
    @Nullable
    DurableStep step;

    /** Whether this thread owns the lane. */
    boolean owns;

    /** The error with which the run broke off; null if it did not break off. */
    @Nullable
    Throwable brokenBy;

    /** Why the container is out of use: the error of the first run that broke off, which may be this one. */
    @Nullable
    Throwable outOfUseBecause;

    /** Whether all operations that this run left unfinished when it broke off have ended. */
    boolean isRefused;

    /** The previous run in the list of the lane that this run is in. */
    @Nullable
    LaneRun before;

    private LaneRun(@Nullable Operation<?> own, int budget) {
        this.own = own;
        this.budget = budget;
    }

    /** Returns the run of a thread that submits an operation. It executes a bounded number of operations. */
    static LaneRun ofCaller(Operation<?> own) {
        return new LaneRun(own, CALLER_BUDGET);
    }

    /** Returns the run of a thread of the store. */
    static LaneRun ofStore() {
        return new LaneRun(null, Integer.MAX_VALUE);
    }

    /** Returns a run that executes no operation, and only starts the write of the delayed batch. */
    static LaneRun ofTimer() {
        return new LaneRun(null, 0);
    }

    /** Counts one operation. Returns false if another thread must continue. */
    boolean spend() {
        return budget-- > 0;
    }

    boolean isSpent() {
        return budget <= 0;
    }

    /**
     * Notes a durable step within the run. If the caller's own operation has not ended yet, its result is
     * then emitted on the signal scheduler, like the results of others. So the thread of the result does not
     * depend on the speed of the disk.
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

    /**
     * Takes all operations of a list, whose results are set. If this breaks off, each operation is either
     * current or still in the list.
     */
    void ended(OperationList operations) {
        Operation<?> operation;
        while ((operation = operations.first()) != null) {
            current = operation;
            operations.removeFirst();
            ended(operation);
        }
    }

    /** Takes an operation that moves to the lane that has replaced this one. */
    void moved(Operation<?> operation) {
        if (moved == null) {
            moved = new OperationList();
        }
        moved.add(operation);
        current = null;
    }

    /** Returns whether some results have not been emitted. */
    boolean hasResults() {
        return emitting != null || !ended.isEmpty();
    }

    /** Takes over the results that a broken-off run has not emitted, and the operations that it has not moved. */
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

    /** Notes a fatal error. It is thrown after the results are emitted. */
    void noteIfFatal(Throwable thrown) {
        try {
            Exceptions.throwIfFatal(thrown);
        } catch (Throwable rethrown) {
            fatal = rethrown;
        }
    }

    /** Emits the results: those of others on the store's signal scheduler, and the caller's own on this thread. */
    void emit(CheckpointStore store, String id) {
        Operation<?> operation;
        // Before the results, so that an operation that a subscriber submits on a result comes after those
        // that waited.
        while (moved != null && (operation = moved.first()) != null) {
            moved.removeFirst();
            resubmit(operation, store, id);
        }
        // One task for each result, because a subscriber may block, for example to wait for another of these results.
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

    /** Moves the operation to the next lane. If that fails, the operation ends with what was thrown. */
    private void resubmit(Operation<?> operation, CheckpointStore store, String id) {
        boolean released = false;
        try {
            // Needs memory, so it comes before the operation is released.
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
                // The close of the store continues on this thread. So it is neither a thread that a
                // subscriber may block, nor one of a caller, whose stack may be nearly full.
                store.context().laneThreads().run(operation);
            } else {
                store.context().signals().run(operation);
            }
        } catch (Throwable thrown) {
            noteIfFatal(thrown);
            // Has no effect if the result was emitted before the failure.
            operation.run();
        }
    }
}
