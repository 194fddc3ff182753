package io.containerstatus.reactive;

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
 * Streams of changes with as many elements as the TCK asks for. The elements are made in the background, no faster than
 * they are taken, so that no subscriber of the latest skips one.
 */
final class TckChanges extends Tck.Verification<StatusChange> {
    /** How many changes may be made that no subscriber has taken: none where it would skip them. */
    private static final int AHEAD = 64;

    private final Delivery delivery;
    private final Function<StatusStore, Life> lives;
    private final ExecutorService driver = Executors.newSingleThreadExecutor();
    private final List<StatusStore> stores = new ArrayList<>();
    private volatile boolean closed;

    /**
     * What a stream is about. All of its changes are synced: whether a change in memory is durable depends on when a
     * subscriber receives it, and the kit compares what two subscribers receive.
     */
    private interface Life {
        Flux<StatusChange> changes(Delivery delivery);

        /** Returns whether a snapshot comes first. */
        boolean exists();

        /** Makes one change; counted from 1. Returns whether it ended the stream, as the last one may. */
        boolean change(long number, boolean last);

        /** Ends a stream that is not ended by its last change. */
        void end();
    }

    private record OfContainer(StatusStorage container) implements Life {
        @Override
        public Flux<StatusChange> changes(Delivery delivery) {
            return container.changes(delivery);
        }

        @Override
        public boolean exists() {
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

    /** Creates, updates and deletes one container after the other, beside one that was there before. */
    private record OfStore(StatusStore store) implements Life {
        @Override
        public Flux<StatusChange> changes(Delivery delivery) {
            return store.changes(delivery);
        }

        @Override
        public boolean exists() {
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

    static TckChanges ofContainer(TestEnvironment environment, Delivery delivery) {
        return new TckChanges(
                environment,
                delivery,
                store -> new OfContainer(Objects.requireNonNull(
                        store.create("web", StoreTest.CREATED).block(StoreTest.PATIENCE))));
    }

    static TckChanges ofStore(TestEnvironment environment, Delivery delivery) {
        return new TckChanges(environment, delivery, OfStore::new);
    }

    @Override
    public Publisher<StatusChange> createPublisher(long elements) {
        Stream stream = new Stream(lives.apply(store()), elements);
        stream.begin();
        return stream;
    }

    @Override
    public Publisher<StatusChange> createFailedPublisher() {
        StatusStore store = store();
        Life life = lives.apply(store);
        store.close().block(StoreTest.PATIENCE);
        return life.changes(delivery);
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

    /** One stream, which goes on as its subscribers take what it has told. */
    private final class Stream implements Publisher<StatusChange> {
        private final Life life;
        private final long elements;
        private final int ahead = delivery.isLatest() ? 1 : AHEAD;
        // The driver's alone.
        private long made;
        private long taken;
        private boolean ended;

        Stream(Life life, long elements) {
            this.life = life;
            this.elements = elements;
        }

        /** Makes what has to stand before the first subscription. */
        void begin() {
            made = delivery.withSnapshot() && life.exists() ? 1 : 0;
            if (life.exists() && elements <= made) {
                life.end();
                ended = true;
            }
        }

        @Override
        public void subscribe(@Nullable Subscriber<? super StatusChange> subscriber) {
            if (subscriber == null) {
                life.changes(delivery).subscribe((Subscriber<StatusChange>) null);
                return;
            }
            Taker taker = new Taker(subscriber, this);
            life.changes(delivery).subscribe(taker);
            taker.isSubscribed();
            if (elements == 0) {
                advance(0);
            }
        }

        /** Goes on as far as those who took most allow. */
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
                ended = life.change(made, made == elements);
            }
            if (!closed && made >= elements && !ended) {
                life.end();
                ended = true;
            }
        }
    }

    /**
     * Tells the stream how far its subscriber is, and changes nothing else. It is Reactor's own kind of subscriber: for
     * any other, Reactor puts a guard between it and the source, and the TCK would check that guard.
     */
    private static final class Taker implements CoreSubscriber<StatusChange>, Subscription {
        private final Subscriber<? super StatusChange> actual;
        private final Stream stream;
        private final CountDownLatch failed = new CountDownLatch(1);
        private volatile @Nullable Subscription subscription;
        private volatile boolean subscribed;
        private volatile boolean requested;
        private long taken;

        Taker(Subscriber<? super StatusChange> actual, Stream stream) {
            this.actual = actual;
            this.stream = stream;
        }

        /** Notes that no change will be missed any more. */
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

        /** The TCK looks for this error once, a moment later, whatever patience it was given. */
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
        public void onNext(StatusChange change) {
            actual.onNext(change);
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
