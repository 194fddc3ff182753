package io.containerstatus.reactive;

import reactor.core.CoreSubscriber;

/** Ends a lane. The operations queued before it finish, and later ones do not run. */
final class CloseOperation extends Operation<Void> {
    CloseOperation(CoreSubscriber<? super Void> actual) {
        super(actual);
    }

    /** Completes without the failure: if the lane could not be created, there is nothing to end. */
    @Override
    void abandon(Throwable reason) {
        run();
    }

    @Override
    void execute(ContainerLane lane, Batch batch, LaneRun run) {
        if (batch.tip().isGone()) {
            // The close moves to the new lane behind the operations that waited here, because they were
            // accepted earlier.
            run.moved(this);
        } else {
            lane.end();
            run.ended(this);
        }
    }

    @Override
    boolean isSynced() {
        return false;
    }

    @Override
    OperationKind kind() {
        throw new AssertionError("closing a lane writes nothing");
    }

    @Override
    void enter(Lane lane) {
        lane.submitLast(this);
    }
}
