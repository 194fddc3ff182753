package io.containerstatus.examples;

import io.containerstatus.StoreClosedException;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Work of several steps, which no cancellation breaks off between two of them. */
public final class Uncancellable {
    private Uncancellable() {}

    /**
     * Returns a Mono that does the work to its end, once for each subscription. If the subscription is cancelled, for
     * example because the client of a service has disconnected, only the result is dropped. A failure then goes to
     * Reactor's {@code onErrorDropped} hook, which logs it by default. The exception is a
     * {@link StoreClosedException}: the next supervisor resumes the container, so nothing is lost.
     *
     * @return emits and fails as the work does, on the same threads
     */
    public static <T> Mono<T> of(Mono<T> work) {
        return Mono.deferContextual(context -> {
            AtomicBoolean cancelled = new AtomicBoolean();
            return work.doOnError(failure -> {
                        if (cancelled.get() && !(failure instanceof StoreClosedException)) {
                            Operators.onErrorDropped(failure, Context.of(context));
                        }
                    })
                    // The work keeps the context of its subscriber even if there is no subscriber any more.
                    .contextWrite(context)
                    .cache()
                    .doOnCancel(() -> cancelled.set(true));
        });
    }
}
