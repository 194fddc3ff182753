package io.containerstatus.reactive;

import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** Asks for everything and ignores the rest. */
abstract class TestSubscriberAdapter implements CoreSubscriber<StatusChange> {
    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
}
