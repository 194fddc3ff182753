package io.containerstatus.benchmarks;

import java.util.concurrent.atomic.LongAdder;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** A subscriber that counts what it hears, and asks for one element only or for all of them. */
final class Demanding implements CoreSubscriber<Object> {
    private final long demand;
    private final Heard heard;

    /** What all subscribers of a benchmark have heard. */
    static final class Heard {
        private final LongAdder count = new LongAdder();

        long count() {
            return count.sum();
        }
    }

    private Demanding(long demand, Heard heard) {
        this.demand = demand;
        this.heard = heard;
    }

    /** Subscribes this many times; those that are stalled ask for one element and for no other. */
    static void subscribe(Publisher<?> publisher, int times, boolean stalled, Heard heard) {
        for (int i = 0; i < times; i++) {
            publisher.subscribe(new Demanding(stalled ? 1 : Long.MAX_VALUE, heard));
        }
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(demand);
    }

    @Override
    public void onNext(Object element) {
        heard.count.increment();
    }

    @Override
    public void onError(Throwable failure) {
        throw new IllegalStateException(failure);
    }

    @Override
    public void onComplete() {
        // At the end of the benchmark.
    }
}
