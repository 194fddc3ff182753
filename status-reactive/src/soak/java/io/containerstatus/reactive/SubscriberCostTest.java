package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;

/**
 * The cost of a subscriber in bytes of heap: the difference that many of them make, divided by their number.
 * The figures in docs/streams.md come from here, and the limits here are those figures. Prints one line for each.
 */
@Tag("soak")
class SubscriberCostTest extends StoreTest {
    private static final int SUBSCRIBERS = 10_000;
    private static final int CONTAINERS = 10_000;
    private static final int SUBSCRIBERS_TO_ALL = 20;

    /** As small as a subscriber can be, so that the subscription is measured. */
    private static final class Least extends TestSubscriberAdapter {
        private final long demand;

        Least(long demand) {
            this.demand = demand;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(demand);
        }

        @Override
        public void onNext(StatusChange change) {}
    }

    private static long used() {
        Runtime heap = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, heap.totalMemory() - heap.freeMemory());
        }
        return least;
    }

    private long cost(String what, int times, int parts, Supplier<Object> made) {
        made.get(); // Loads classes and creates schedulers.
        List<Object> kept = new ArrayList<>(times);
        long before = used();
        for (int i = 0; i < times; i++) {
            kept.add(made.get());
        }
        long bytes = Math.round((used() - before) / (double) times / parts);
        Reference.reachabilityFence(kept);
        System.out.println("cost: " + what + ": " + bytes + " bytes");
        return bytes;
    }

    private static Supplier<Object> subscription(Flux<StatusChange> changes, long demand) {
        return () -> {
            Least subscriber = new Least(demand);
            changes.subscribe(subscriber);
            return subscriber;
        };
    }

    @Test
    void ofOneContainer() {
        StatusStorage web = container("web");
        assertThat(cost("of one container, latest", SUBSCRIBERS, 1, subscription(web.changes(), 1)))
                .isBetween(50L, 200L);
        assertThat(cost(
                        "of one container, every",
                        SUBSCRIBERS,
                        1,
                        subscription(web.changes(Delivery.every(100)), Long.MAX_VALUE)))
                .isBetween(50L, 1000L);
        assertThat(cost("await", SUBSCRIBERS, 1, () -> web.await(status -> false)
                        .subscribe(status -> {}, endOfTheStore -> {})))
                .isBetween(50L, 2000L);
    }

    @Test
    void ofAllContainersForEachOfThem() {
        for (int i = 0; i < CONTAINERS; i++) {
            container("c" + i);
        }
        assertThat(cost(
                        "of all, latest, up to date, for each container",
                        SUBSCRIBERS_TO_ALL,
                        CONTAINERS,
                        subscription(store.changes(), Long.MAX_VALUE)))
                .isBetween(30L, 100L);
        assertThat(cost(
                        "of all, latest, stalled, for each container",
                        SUBSCRIBERS_TO_ALL,
                        CONTAINERS,
                        subscription(store.changes(), 1)))
                .isBetween(30L, 130L);
        assertThat(cost(
                        "of all, every, up to date, for each container",
                        SUBSCRIBERS_TO_ALL,
                        CONTAINERS,
                        subscription(store.changes(Delivery.every(100)), Long.MAX_VALUE)))
                .isBetween(30L, 100L);
        assertThat(cost(
                        "of all, latest, ids that begin otherwise",
                        SUBSCRIBERS,
                        1,
                        subscription(store.changes(Delivery.latest().idsStartingWith("x")), Long.MAX_VALUE)))
                .isBetween(50L, 500L);
    }
}
