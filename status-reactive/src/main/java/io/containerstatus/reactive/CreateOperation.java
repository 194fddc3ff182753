package io.containerstatus.reactive;

import io.containerstatus.Status;
import reactor.core.publisher.MonoSink;

/** The creation of a container. */
final class CreateOperation extends Operation<StatusStorage> {
    private final Status status;

    CreateOperation(MonoSink<StatusStorage> sink, Status status) {
        super(sink);
        this.status = status;
    }

    Status status() {
        return status;
    }
}
