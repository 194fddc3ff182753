package io.containerstatus.reactive;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Subscribes with a demand that well-behaved subscribers do not make, as one of Reactor's own: between a Flux and any
 * other, Reactor puts a subscription that answers such a demand itself.
 */
final class RawDemand {
    private RawDemand() {}

    static <T> void subscribe(Publisher<T> publisher, Subscriber<T> subscriber, long demand) {
        publisher.subscribe(new CoreSubscriber<T>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscriber.onSubscribe(subscription);
                subscription.request(demand);
            }

            @Override
            public void onNext(T value) {
                subscriber.onNext(value);
            }

            @Override
            public void onError(Throwable failure) {
                subscriber.onError(failure);
            }

            @Override
            public void onComplete() {
                subscriber.onComplete();
            }
        });
    }
}
