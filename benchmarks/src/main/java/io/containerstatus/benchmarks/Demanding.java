package io.containerstatus.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** A subscriber that counts what it receives, and requests either one element or all of them. */
final class Demanding implements CoreSubscriber<Object> {
    private final long demand;
    private long count;

    /** What all subscribers of a benchmark have received. Each counts separately, in the order of its signals. */
    static final class Received {
        private final List<Demanding> subscribers = new ArrayList<>();

        long count() {
            return subscribers.stream()
                    .mapToLong(subscriber -> subscriber.count)
                    .sum();
        }
    }

    private Demanding(long demand) {
        this.demand = demand;
    }

    /** Subscribes this number of times. A stalled subscriber requests one element and no other. */
    static void subscribe(Publisher<?> publisher, int times, boolean stalled, Received received) {
        for (int i = 0; i < times; i++) {
            Demanding subscriber = new Demanding(stalled ? 1 : Long.MAX_VALUE);
            received.subscribers.add(subscriber);
            publisher.subscribe(subscriber);
        }
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(demand);
    }

    @Override
    public void onNext(Object element) {
        count++;
    }

    @Override
    public void onError(Throwable failure) {
        throw new IllegalStateException(failure);
    }

    @Override
    public void onComplete() {
        // Completes at the end of the benchmark.
    }
}
