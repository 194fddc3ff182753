package io.containerstatus.benchmarks;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * The smallest possible subscriber to a Mono that emits during the subscription. This is not {@code block()},
 * because some of Reactor's Monos have a shortcut for that without any subscription.
 */
final class Received<T> implements CoreSubscriber<T> {
    private @Nullable T value;

    /** Subscribes, and returns what was emitted at once. */
    static <T> T from(Mono<T> mono) {
        Received<T> subscriber = new Received<>();
        mono.subscribe(subscriber);
        return Objects.requireNonNull(subscriber.value, "nothing was emitted yet");
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(T element) {
        value = element;
    }

    @Override
    public void onError(Throwable failure) {
        throw new IllegalStateException(failure);
    }

    @Override
    public void onComplete() {
        // The value has arrived already.
    }
}
