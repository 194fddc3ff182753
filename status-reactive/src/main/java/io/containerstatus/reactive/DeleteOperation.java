package io.containerstatus.reactive;

import reactor.core.CoreSubscriber;

/** The deletion of a container, or of what a failed creation left of it. */
final class DeleteOperation extends Operation<Void> {
    DeleteOperation(CoreSubscriber<? super Void> actual) {
        super(actual);
    }

    @Override
    OperationKind kind() {
        return OperationKind.DELETE;
    }
}
