package io.containerstatus.reactive;

import reactor.core.publisher.MonoSink;

/** The deletion of a container, or of what a failed creation left of it. */
final class DeleteOperation extends Operation<Void> {
    DeleteOperation(MonoSink<Void> sink) {
        super(sink);
    }
}
