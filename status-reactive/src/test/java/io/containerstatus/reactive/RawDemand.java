package io.containerstatus.reactive;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Subscribes with a demand that no correct subscriber makes. The subscriber is one of Reactor's own kind,
 * because for any other, Reactor puts a subscription in between that answers such a demand itself.
 */
final class RawDemand {
    private RawDemand() {}

    static <T> void subscribe(Publisher<T> publisher, Subscriber<? super T> subscriber, long demand) {
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
