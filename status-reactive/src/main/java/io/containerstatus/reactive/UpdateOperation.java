package io.containerstatus.reactive;

import io.containerstatus.ContainerDeletedException;
import io.containerstatus.RevisionConflictException;
import io.containerstatus.Status;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/** Updates a container, in memory or synced, at any revision or at an expected one. */
final class UpdateOperation extends Operation<Status> {
    static final long ANY_REVISION = 0;

    private final UnaryOperator<Status> update;
    private final boolean synced;
    private final long expectedRevision;

    UpdateOperation(
            CoreSubscriber<? super Status> actual,
            UnaryOperator<Status> update,
            boolean synced,
            long expectedRevision) {
        super(actual);
        this.update = update;
        this.synced = synced;
        this.expectedRevision = expectedRevision;
    }

    @Override
    OperationKind kind() {
        return OperationKind.UPDATE;
    }

    @Override
    boolean isSynced() {
        return synced;
    }

    @Override
    void execute(ContainerLane lane, Batch batch, LaneRun run) {
        Commit tip = batch.tip();
        Status status = apply(lane, tip, run);
        if (status == null && batch.isOpen()) {
            // If the batch fails, this operation fails with the failure of the batch: the status that it was
            // evaluated against was never committed.
            batch.join(this);
        } else if (status != null && (batch.isOpen() || (synced && !tip.isStored(status)))) {
            batch.join(this, tip.written(status));
        } else {
            if (status != null) {
                batch.rebase(lane.commitInMemory(tip, status, run));
            }
            run.ended(this);
        }
    }

    /** Executes an update that is not synced on the committed status, while no operation waits. */
    void executeInMemory(ContainerLane lane, LaneRun run) {
        Commit tip = lane.committed();
        Status status = apply(lane, tip, run);
        if (status != null) {
            lane.commitInMemory(tip, status, run);
        }
        run.ended(this);
    }

    /** Sets the result. Returns the new status, or null if the update failed. */
    @SuppressWarnings(
            "ReferenceEquality") // An unchanged status is the same object, and needs no second check of its size.
    private @Nullable Status apply(ContainerLane lane, Commit tip, LaneRun run) {
        try {
            Status status = updated(lane.id(), tip);
            if (status != tip.status()) {
                lane.requireStorable(status);
            }
            succeed(status);
            return status;
        } catch (Throwable thrown) {
            run.noteIfFatal(thrown);
            fail(thrown);
            return null;
        }
    }

    /** Runs the caller's function. Throws what it throws. */
    private Status updated(String id, Commit tip) {
        if (!tip.isLive()) {
            throw new ContainerDeletedException(id);
        }
        if (expectedRevision != ANY_REVISION && expectedRevision != tip.revision()) {
            throw new RevisionConflictException(id, expectedRevision, tip.revision());
        }
        return Objects.requireNonNull(update.apply(tip.status()), "the update function returned null");
    }
}
