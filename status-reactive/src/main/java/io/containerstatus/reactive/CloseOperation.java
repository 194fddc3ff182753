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
