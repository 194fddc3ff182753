package io.containerstatus.reactive;

import reactor.core.publisher.MonoSink;

/** The end of a lane: everything before it finishes, nothing after it runs. */
final class CloseOperation extends Operation<Void> {
    CloseOperation(MonoSink<Void> sink) {
        super(sink);
    }
}
