package io.containerstatus.reactive;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Subscribes with a demand that well-behaved subscribers do not make. */
final class RawDemand {
    private RawDemand() {}

    static <T> void subscribe(Publisher<T> publisher, Subscriber<T> subscriber, long demand) {
        publisher.subscribe(new Subscriber<T>() {
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
