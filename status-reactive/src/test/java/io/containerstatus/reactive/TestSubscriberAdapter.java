package io.containerstatus.reactive;

import io.containerstatus.StatusEvent;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** Requests everything, and ignores all signals but changes. */
abstract class TestSubscriberAdapter implements CoreSubscriber<StatusEvent> {
    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    /** Receives the next change. There are no other events, because it never subscribes to them. */
    public abstract void onNext(StatusChange change);

    @Override
    public final void onNext(StatusEvent event) {
        onNext((StatusChange) event);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
}
