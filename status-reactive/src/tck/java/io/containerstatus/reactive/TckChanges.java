package io.containerstatus.reactive;

import io.containerstatus.StatusEvent;
import io.containerstatus.test.InMemoryCheckpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * Streams of changes and of events with as many elements as the TCK requires. The elements are produced in the background,
 * no faster than they are taken, so that no subscriber of the latest skips one.
 */
final class TckChanges extends Tck.Verification<StatusEvent> {
    /**
     * How many produced changes may wait for a subscriber. With {@code latest()}, it is one, because a
     * subscriber would skip the others.
     */
    private static final int AHEAD = 64;

    private final Delivery delivery;
    private final Function<StatusStore, Life> lives;
    private final ExecutorService driver = Executors.newSingleThreadExecutor();
    private final List<StatusStore> stores = new ArrayList<>();
    private volatile boolean closed;

    /**
     * What a stream is about. All of its changes are synced, because the durability of a change in memory
     * depends on when a subscriber receives it, and the TCK compares what two subscribers receive.
     */
    private interface Life {
        Flux<? extends StatusEvent> stream(Delivery delivery);

        /** Returns how many elements come first, because of what exists. */
        int first(Delivery delivery);

        /** Returns whether a subscription after the end is possible, and gets the end. */
        boolean mayEndBefore();

        /**
         * Produces one change; the first has number 1. Returns whether it ended the stream, which the last
         * one may do.
         */
        boolean change(long number, boolean last);

        /** Ends a stream that its last change has not ended. */
        void end();
    }

    private record OfContainer(StatusStorage container, boolean events) implements Life {
        @Override
        public Flux<? extends StatusEvent> stream(Delivery delivery) {
            return events ? container.events(delivery) : container.changes(delivery);
        }

        @Override
        public int first(Delivery delivery) {
            return (delivery.withSnapshot() ? 1 : 0) + (events ? 1 : 0);
        }

        @Override
        public boolean mayEndBefore() {
            return true;
        }

        @Override
        public boolean change(long number, boolean last) {
            if (last) {
                container.delete().block(StoreTest.PATIENCE);
            } else {
                container.updateSync(StoreTest.pid(number)).block(StoreTest.PATIENCE);
            }
            return last;
        }

        @Override
        public void end() {
            container.delete().block(StoreTest.PATIENCE);
        }
    }

    /** Creates, updates and deletes one container after the other. */
    private record OfStore(StatusStore store, boolean events) implements Life {
        @Override
        public Flux<? extends StatusEvent> stream(Delivery delivery) {
            return events ? store.events(delivery) : store.changes(delivery);
        }

        @Override
        public int first(Delivery delivery) {
            return events ? 1 : 0;
        }

        @Override
        public boolean mayEndBefore() {
            return false;
        }

        @Override
        public boolean change(long number, boolean last) {
            String id = "c" + (number - 1) / 3;
            switch ((int) ((number - 1) % 3)) {
                case 0 -> store.create(id, StoreTest.CREATED).block(StoreTest.PATIENCE);
                case 1 -> store.find(id).updateSync(StoreTest.pid(number)).block(StoreTest.PATIENCE);
                default -> store.delete(id).block(StoreTest.PATIENCE);
            }
            return false;
        }

        @Override
        public void end() {
            store.close().block(StoreTest.PATIENCE);
        }
    }

    private TckChanges(TestEnvironment environment, Delivery delivery, Function<StatusStore, Life> lives) {
        super(environment);
        this.delivery = delivery;
        this.lives = lives;
    }

    /** Returns the streams of one container: its events, or only its changes. */
    static TckChanges ofContainer(TestEnvironment environment, Delivery delivery, boolean events) {
        return new TckChanges(
                environment,
                delivery,
                store -> new OfContainer(
                        Objects.requireNonNull(
                                store.create("web", StoreTest.CREATED).block(StoreTest.PATIENCE)),
                        events));
    }

    /** Returns the streams of a store: its events, or only its changes. */
    static TckChanges ofStore(TestEnvironment environment, Delivery delivery, boolean events) {
        return new TckChanges(environment, delivery, store -> new OfStore(store, events));
    }

    @Override
    public Publisher<StatusEvent> createPublisher(long elements) {
        Stream stream = new Stream(lives.apply(store()), elements);
        stream.begin();
        return stream;
    }

    @Override
    public Publisher<StatusEvent> createFailedPublisher() {
        StatusStore store = store();
        Life life = lives.apply(store);
        store.close().block(StoreTest.PATIENCE);
        return life.stream(delivery).cast(StatusEvent.class);
    }

    private StatusStore store() {
        StatusStore store = Objects.requireNonNull(
                StatusStore.builder(new InMemoryCheckpoints()).open().block(StoreTest.PATIENCE));
        stores.add(store);
        return store;
    }

    @Override
    public void close() {
        closed = true;
        driver.shutdown();
        stores.forEach(store -> store.close().block(StoreTest.PATIENCE));
    }

    /** One stream, which continues as its subscribers take what it has emitted. */
    private final class Stream implements Publisher<StatusEvent> {
        private final Life life;
        private final long elements;
        private final int ahead = delivery.isLatest() ? 1 : AHEAD;
        // Used by the driver only.
        private long made;
        private long taken;
        private boolean ended;

        Stream(Life life, long elements) {
            this.life = life;
            this.elements = elements;
        }

        /** Prepares what has to exist before the first subscription. */
        void begin() {
            made = life.first(delivery);
            if (life.mayEndBefore() && made > 0 && elements <= made) {
                life.end();
                ended = true;
            }
        }

        @Override
        public void subscribe(@Nullable Subscriber<? super StatusEvent> subscriber) {
            if (subscriber == null) {
                life.stream(delivery).subscribe((Subscriber<StatusEvent>) null);
                return;
            }
            Taker taker = new Taker(subscriber, this);
            life.stream(delivery).subscribe(taker);
            taker.isSubscribed();
            if (elements == 0) {
                advance(0);
            }
        }

        /** Continues as far as the fastest subscriber allows. */
        void advance(long takenBySome) {
            if (!closed) {
                driver.execute(() -> {
                    taken = Math.max(taken, takenBySome);
                    goOn();
                });
            }
        }

        private void goOn() {
            while (!closed && made < elements && made - taken < ahead) {
                made++;
                ended = life.change(made - life.first(delivery), made == elements);
            }
            if (!closed && made >= elements && !ended) {
                life.end();
                ended = true;
            }
        }
    }

    /**
     * Reports to the stream how far its subscriber is, and changes nothing else. It is one of Reactor's own
     * kind of subscribers, because for any other, Reactor puts a guard between it and the source, and the TCK
     * would check that guard.
     */
    private static final class Taker implements CoreSubscriber<StatusEvent>, Subscription {
        private final Subscriber<? super StatusEvent> actual;
        private final Stream stream;
        private final CountDownLatch failed = new CountDownLatch(1);
        private volatile @Nullable Subscription subscription;
        private volatile boolean subscribed;
        private volatile boolean requested;
        private long taken;

        Taker(Subscriber<? super StatusEvent> actual, Stream stream) {
            this.actual = actual;
            this.stream = stream;
        }

        /** Notes that the subscriber misses no change from now on. */
        void isSubscribed() {
            subscribed = true;
            if (requested) {
                stream.advance(0);
            }
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            actual.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            Objects.requireNonNull(subscription).request(n);
            if (n <= 0) {
                awaitFailure();
            }
            requested = true;
            if (subscribed) {
                stream.advance(0);
            }
        }

        /**
         * Waits for the failure, because the TCK checks for it only once, a moment later, regardless of its timeout.
         */
        private void awaitFailure() {
            try {
                failed.await(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void cancel() {
            Objects.requireNonNull(subscription).cancel();
        }

        @Override
        public void onNext(StatusEvent event) {
            actual.onNext(event);
            stream.advance(++taken);
        }

        @Override
        public void onError(Throwable failure) {
            actual.onError(failure);
            failed.countDown();
        }

        @Override
        public void onComplete() {
            actual.onComplete();
        }
    }
}
