package io.containerstatus.reactive;

import reactor.core.CoreSubscriber;

/** Deletes a container, or what a failed creation left of it. */
final class DeleteOperation extends Operation<Void> {
    DeleteOperation(CoreSubscriber<? super Void> actual) {
        super(actual);
    }

    @Override
    void execute(ContainerLane lane, Batch batch, LaneRun run) {
        Commit now = batch.tip();
        if (now.phase() == Commit.Phase.DELETED) {
            run.ended(this);
        } else if (now.isGone()) {
            run.moved(this);
        } else {
            batch.join(this, now.deleted());
        }
    }

    @Override
    OperationKind kind() {
        return OperationKind.DELETE;
    }
}
