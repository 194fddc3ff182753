package io.containerstatus.reactive;

import reactor.core.CoreSubscriber;

/** The end of a lane: everything before it finishes, nothing after it runs. */
final class CloseOperation extends Operation<Void> {
    CloseOperation(CoreSubscriber<? super Void> actual) {
        super(actual);
    }

    /** A lane that cannot be had has nothing to end. */
    @Override
    void abandon(Throwable reason) {
        run();
    }

    @Override
    void execute(ContainerLane lane, Batch batch, LaneRun run) {
        if (batch.tip().isGone()) {
            // It comes after what waited here and was accepted before it.
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
        throw new AssertionError("the end of a lane writes nothing");
    }

    @Override
    void enter(Lane lane) {
        lane.submitLast(this);
    }
}
