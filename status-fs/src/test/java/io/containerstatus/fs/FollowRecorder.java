package io.containerstatus.fs;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** Records every signal. No code of Reactor is in between, which would hide a second end. */
class FollowRecorder implements CoreSubscriber<FollowedChange> {
    private final long demand;
    private final Queue<FollowedChange> received = new ConcurrentLinkedQueue<>();
    private final AtomicInteger ends = new AtomicInteger();
    private volatile @Nullable Subscription subscription;
    private volatile @Nullable Throwable failure;

    /** Requests this many elements at its subscription; none if 0. */
    FollowRecorder(long demand) {
        this.demand = demand;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        if (demand > 0) {
            given.request(demand);
        }
    }

    @Override
    public void onNext(FollowedChange change) {
        received.add(change);
    }

    @Override
    public void onError(Throwable thrown) {
        // A signal before onSubscribe is one of the faults that the tests must detect.
        Objects.requireNonNull(subscription, "subscription");
        failure = thrown;
        ends.incrementAndGet();
    }

    @Override
    public void onComplete() {
        ends.incrementAndGet();
    }

    void request(long n) {
        Objects.requireNonNull(subscription, "subscription").request(n);
    }

    void cancel() {
        Objects.requireNonNull(subscription, "subscription").cancel();
    }

    Queue<FollowedChange> received() {
        return received;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    int ends() {
        return ends.get();
    }
}
