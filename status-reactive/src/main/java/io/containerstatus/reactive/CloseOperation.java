package io.containerstatus.reactive;

import reactor.core.CoreSubscriber;

/** The end of a lane: everything before it finishes, nothing after it runs. */
final class CloseOperation extends Operation<Void> {
    CloseOperation(CoreSubscriber<? super Void> actual) {
        super(actual);
    }

    @Override
    void enter(Lane lane) {
        lane.submitLast(this);
    }
}
