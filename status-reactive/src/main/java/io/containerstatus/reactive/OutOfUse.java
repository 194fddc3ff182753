package io.containerstatus.reactive;

import io.containerstatus.ContainerOutOfUseException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * Ends the operations of a container that is out of use. A committed operation succeeds. If an operation was
 * in a write, it fails as the write did, or with an uncertain outcome. Every other operation fails, and the
 * end of the lane succeeds. Only the owner of the lane calls these methods. Memory is needed for the failures
 * and the log only. If there is none for a failure, the operation fails with the error that broke the run off.
 */
final class OutOfUse {
    private OutOfUse() {}

    /** Ends the operations that a broken-off run has left unfinished, and the streams of the container. */
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

    /** Ends all waiting operations. */
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

    /**
     * Ends the operations of a batch. If the batch was committed, it stays committed. If its write was
     * started, its outcome is uncertain.
     */
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

    /**
     * Returns the failure of an operation that wrote nothing; the reason itself if there is no memory for
     * another one.
     */
    private static Throwable refusal(Lane lane, Throwable reason) {
        try {
            return new ContainerOutOfUseException(lane.id(), reason);
        } catch (Throwable noMemory) {
            return reason;
        }
    }

    /** Returns the failure of an operation whose write was started. */
    private static Throwable uncertainty(DurableStep step, Lane lane, Throwable reason) {
        try {
            StatusException reported = step.failure();
            if (reported == null) {
                reported = new IndeterminateWriteException(
                        lane.id(), "the outcome of the write is unknown because of " + reason, reason);
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
