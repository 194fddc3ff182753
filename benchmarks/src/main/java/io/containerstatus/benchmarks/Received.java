package io.containerstatus.benchmarks;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * The least that a subscriber to a Mono can be, for Monos that emit while they are subscribed to. Not {@code block()}:
 * some of Reactor's Monos know a shortcut for that, without any subscription.
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
        // The value is there.
    }
}
