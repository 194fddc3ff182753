package io.containerstatus.reactive;

import io.containerstatus.StatusEvent;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Records its signals as a word: {@code S1U2!} is a snapshot at revision 1, an update to revision 2 and the
 * end. A deletion is D, a creation C, the end of the snapshot E, an error X, no signal a dash. It is
 * deliberately not threadsafe: two signals at the same time garble the word.
 */
final class SignalRecorder implements CoreSubscriber<StatusEvent> {
    private final StringBuilder word = new StringBuilder();
    private final long firstDemand;
    private volatile @Nullable Subscription subscription;

    /** Creates a subscriber that requests this much at once; 0 for no demand at the beginning. */
    SignalRecorder(long firstDemand) {
        this.firstDemand = firstDemand;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        request(firstDemand);
    }

    @Override
    public void onNext(StatusEvent event) {
        if (event instanceof StatusChange change) {
            word.append(change.kind().name().charAt(0)).append(change.revision());
        } else {
            word.append('E');
        }
    }

    @Override
    public void onError(Throwable failure) {
        word.append('X');
    }

    @Override
    public void onComplete() {
        word.append('!');
    }

    void request(long n) {
        Subscription current = subscription;
        if (current != null && n > 0) {
            current.request(n);
        }
    }

    /** Cancels, if there is a subscription yet; returns whether there was. */
    boolean cancel() {
        Subscription current = subscription;
        if (current != null) {
            current.cancel();
        }
        return current != null;
    }

    @Override
    public String toString() {
        return word.isEmpty() ? "-" : word.toString();
    }
}
