package io.containerstatus.reactive;

import io.containerstatus.fs.internal.DroppedErrors;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** Opens a store for as long as a publisher runs, see {@link StatusStore#using}. */
final class Using {
    private Using() {}

    static <T> Flux<T> of(
            Mono<StatusStore> opening, Function<? super StatusStore, ? extends Publisher<? extends T>> use) {
        return Flux.usingWhen(
                opening, use, StatusStore::close, Using::closeAfterFailure, Using::closeAfterCancellation);
    }

    /**
     * Closes the store. The earlier failure stays the failure, and that of the close is added to it as suppressed.
     */
    private static Mono<Void> closeAfterFailure(StatusStore store, Throwable failure) {
        return store.close().onErrorResume(closing -> {
            if (closing != failure) {
                failure.addSuppressed(closing);
            }
            return Mono.empty();
        });
    }

    /** Closes the store. No subscriber is left to receive a failure of the close, so it is dropped. */
    private static Mono<Void> closeAfterCancellation(StatusStore store) {
        return store.close().onErrorResume(closing -> {
            DroppedErrors.drop(closing, Context.empty());
            return Mono.empty();
        });
    }
}
