package io.containerstatus.reactive;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Writes down its signals as a word: {@code S1U2!} is a snapshot at revision 1, an update to revision 2 and the end; a
 * deletion is D, a creation C, an error X,
 * no signal a dash. It is deliberately not threadsafe: two signals at once garble the word.
 */
final class Watcher implements CoreSubscriber<StatusChange> {
    private final StringBuilder word = new StringBuilder();
    private final long firstDemand;
    private volatile @Nullable Subscription subscription;

    /** Makes a subscriber that requests this much at once; 0 for one that begins with no demand. */
    Watcher(long firstDemand) {
        this.firstDemand = firstDemand;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        request(firstDemand);
    }

    @Override
    public void onNext(StatusChange change) {
        word.append(change.kind().name().charAt(0)).append(change.revision());
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
