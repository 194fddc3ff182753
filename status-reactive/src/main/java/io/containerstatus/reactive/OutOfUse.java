package io.containerstatus.reactive;

import io.containerstatus.ContainerOutOfUseException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the operations of a container that is out of use. What was committed succeeds. What was given to the
 * disk fails as its write did, or is uncertain. Everything else fails, and the end of the lane succeeds. Only owners of
 * the lane call this. Memory is needed for the failures and the log only; where there is none for a failure, the
 * operation fails with what broke the run off.
 */
final class OutOfUse {
    private OutOfUse() {}

    /** Ends what a run that broke off has left unfinished, and the container's streams. */
    static void refuseUnfinished(ContainerLane lane, LaneRun broken, LaneRun run, Throwable reason) {
        Batch batch = broken.batch;
        if (batch != null) {
            refuse(batch, broken.step, lane, run, reason);
            broken.batch = null;
            broken.step = null;
        }
        Operation<?> current = broken.current;
        if (current != null && !current.hasEnded) {
            refuse(current, lane, run, reason);
        }
        broken.current = null;
        lane.failStreams(refusal(lane, reason));
        lane.store().logOutOfUse(lane.id(), reason);
    }

    /** Ends everything that waits. */
    static void refuseWaiting(ContainerLane lane, LaneRun run, Throwable reason) {
        Batch held = lane.heldBatch();
        if (held != null) {
            refuse(held, null, lane, run, reason);
        }
        lane.endDelay();
        Operation<?> operation;
        while ((operation = lane.poll(run)) != null) {
            if (operation.claim()) {
                refuse(operation, lane, run, reason);
            } else {
                run.current = null;
            }
        }
    }

    /** Ends the operations of a batch. What was committed stays, what was given to the disk is uncertain. */
    private static void refuse(
            Batch batch, @Nullable DurableStep step, ContainerLane lane, LaneRun run, Throwable reason) {
        boolean isCommitted =
                step != null && step.hasSucceeded() && lane.committed().equals(batch.tip());
        if (!isCommitted) {
            batch.fail(step == null ? refusal(lane, reason) : uncertainty(step, lane, reason));
        }
        run.ended(batch.operations());
    }

    private static void refuse(Operation<?> operation, ContainerLane lane, LaneRun run, Throwable reason) {
        if (operation instanceof CloseOperation) {
            lane.end();
            run.ended(operation);
        } else {
            run.failed(operation, refusal(lane, reason));
        }
    }

    /** Returns the failure of an operation that wrote nothing; the reason itself where no memory is left for another one. */
    private static Throwable refusal(Lane lane, Throwable reason) {
        try {
            return new ContainerOutOfUseException(lane.id(), reason);
        } catch (Throwable noMemory) {
            return reason;
        }
    }

    /** Returns the failure of an operation that was given to the disk. */
    private static Throwable uncertainty(DurableStep step, Lane lane, Throwable reason) {
        try {
            StatusException reported = step.failure();
            if (reported == null) {
                reported = new IndeterminateWriteException(lane.id(), "the write was interrupted by " + reason, reason);
            }
            if (reported instanceof IndeterminateWriteException) {
                lane.store().writeHealth().becomesUncertain(lane.id());
            }
            return reported;
        } catch (Throwable noMemory) {
            return reason;
        }
    }
}
