package io.containerstatus.etcd;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;

/**
 * Receives the messages of a stream from etcd as they arrive, whatever the demand is, so that etcd never
 * waits for a subscriber.
 */
final class EtcdStream<Q, A> extends ClientCall.Listener<A> {
    private final ClientCall<Q, A> call;
    private final FluxSink<A> sink;
    private final Runnable onMessage;
    private final Consumer<Status> onClose;
    private boolean received;

    /**
     * Creates the stream. The call is not started yet.
     *
     * @param onMessage called for each message
     * @param onClose called with the status with which the stream ended, unless the subscriber ended it
     */
    EtcdStream(ClientCall<Q, A> call, FluxSink<A> sink, Runnable onMessage, Consumer<Status> onClose) {
        this.call = call;
        this.sink = sink;
        this.onMessage = onMessage;
        this.onClose = onClose;
    }

    /** Starts the call with its one request. Ends the call if no message arrives within this time. */
    void start(Metadata headers, Q request, Duration within, Scheduler worker) {
        Disposable.Composite ends = Disposables.composite(() -> call.cancel("the subscriber has cancelled", null));
        sink.onDispose(ends);
        call.start(this, headers);
        call.request(1);
        call.sendMessage(request);
        ends.add(worker.schedule(this::requireMessage, within.toNanos(), TimeUnit.NANOSECONDS));
    }

    private void requireMessage() {
        if (!received) {
            call.cancel("no answer in time", null);
        }
    }

    @Override
    public void onMessage(A message) {
        received = true;
        onMessage.run();
        sink.next(message);
        call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (!sink.isCancelled()) {
            onClose.accept(status.isOk() ? Status.UNAVAILABLE.withDescription("the stream has ended") : status);
        }
    }
}
