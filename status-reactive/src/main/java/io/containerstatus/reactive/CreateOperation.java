package io.containerstatus.reactive;

import io.containerstatus.Status;
import reactor.core.CoreSubscriber;

/** The creation of a container. */
final class CreateOperation extends Operation<StatusStorage> {
    private final Status status;

    CreateOperation(CoreSubscriber<? super StatusStorage> actual, Status status) {
        super(actual);
        this.status = status;
    }

    @Override
    OperationKind kind() {
        return OperationKind.CREATE;
    }

    Status status() {
        return status;
    }
}
