package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** Subscribers that block or throw harm only themselves. */
class FaultySubscriberTest extends StoreTest {
    private final List<Throwable> dropped = new CopyOnWriteArrayList<>();
    private StatusStorage web;

    static Stream<Delivery> deliveries() {
        return Stream.of(Delivery.latest(), Delivery.every(1000));
    }

    @BeforeEach
    void createContainer() {
        web = container("web");
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void resetHooks() {
        Hooks.resetOnErrorDropped();
    }

    private static BaseSubscriber<StatusChange> throwing(Throwable thrown) {
        return new BaseSubscriber<>() {
            @Override
            protected void hookOnNext(StatusChange change) {
                FaultySubscriberTest.<RuntimeException>sneak(thrown);
            }
        };
    }

    /** A subscriber to which Reactor's own operators add no protection. */
    private static final class Careless extends TestSubscriberAdapter {
        private final RuntimeException thrown;

        Careless(RuntimeException thrown) {
            this.thrown = thrown;
        }

        @Override
        public void onNext(StatusChange change) {
            throw thrown;
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    @Nested
    class ThatThrow {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FaultySubscriberTest#deliveries")
        void endTheirOwnStreamOnly(Delivery delivery) {
            RuntimeException thrown = new IllegalStateException("careless");
            web.changes(delivery.changesOnly()).subscribe(new Careless(thrown));
            store.changes(delivery.changesOnly()).subscribe(new Careless(thrown));
            TestSubscriber<StatusChange> other = TestSubscriber.create();
            TestSubscriber<StatusChange> otherOfStore = TestSubscriber.create();
            web.changes(delivery).subscribe(other);
            store.changes(delivery).subscribe(otherOfStore);
            StepVerifier.create(web.update(pid(1))).expectNextCount(1).verifyComplete();
            StepVerifier.create(web.updateSync(pid(2))).expectNextCount(1).verifyComplete();
            assertThat(other.getReceivedOnNext()).hasSize(3);
            assertThat(otherOfStore.getReceivedOnNext()).hasSize(3);
            assertThat(dropped).containsExactly(thrown, thrown);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FaultySubscriberTest#deliveries")
        void andWhoseErrorsNobodyTakesHarmNoOneElseEither(Delivery delivery) {
            Hooks.onErrorDropped(error -> {
                throw new IllegalStateException("the hook throws too", error);
            });
            web.changes(delivery.changesOnly()).subscribe(new Careless(new IllegalStateException("careless")));
            TestSubscriber<StatusChange> other = TestSubscriber.create();
            TestSubscriber<StatusChange> ofStore = TestSubscriber.create();
            web.changes(delivery).subscribe(other);
            store.changes(delivery).subscribe(ofStore);
            StepVerifier.create(web.update(pid(1))).expectNextCount(1).verifyComplete();
            StepVerifier.create(web.update(pid(2))).expectNextCount(1).verifyComplete();
            assertThat(other.getReceivedOnNext())
                    .extracting(StatusChange::revision)
                    .containsExactly(1L, 2L, 3L);
            assertThat(ofStore.getReceivedOnNext())
                    .extracting(StatusChange::revision)
                    .containsExactly(1L, 2L, 3L);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FaultySubscriberTest#deliveries")
        void aFatalErrorHarmNoOneElse(Delivery delivery) {
            web.changes(delivery.changesOnly()).subscribe(throwing(new StackOverflowError("deep")));
            TestSubscriber<StatusChange> other = TestSubscriber.create();
            web.changes(delivery).subscribe(other);
            web.update(pid(1)).onErrorComplete().block(PATIENCE);
            web.update(pid(2)).block(PATIENCE);
            assertThat(other.getReceivedOnNext()).hasSize(3);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FaultySubscriberTest#deliveries")
        void throughAnOperatorGetTheirErrorAsReactorSays(Delivery delivery) {
            StepVerifier.create(web.changes(delivery).map(change -> {
                        throw new IllegalStateException("mapping");
                    }))
                    .verifyErrorMessage("mapping");
            assertThat(((ContainerLane) web).subscribers().isEmpty()).isTrue();
        }
    }

    @Nested
    class ThatBlock {
        private final CountDownLatch release = new CountDownLatch(1);

        @BeforeEach
        void openWithTheDefaults() {
            store.close().block(PATIENCE);
            store = StatusStore.builder(checkpoints).open().block(PATIENCE);
            web = store.find("web");
        }

        private void blocking(Flux<StatusChange> changes, CountDownLatch arrived) {
            changes.subscribe(change -> {
                arrived.countDown();
                try {
                    release.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.FaultySubscriberTest#deliveries")
        void holdUpNoUpdateAndNoOther(Delivery delivery) throws InterruptedException {
            CountDownLatch arrived = new CountDownLatch(20);
            for (int i = 0; i < 10; i++) {
                blocking(web.changes(delivery), arrived);
                blocking(store.changes(delivery), arrived);
            }
            assertThat(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            CountDownLatch received = new CountDownLatch(1);
            web.changes(delivery)
                    .filter(change -> change.current().pid() == 50)
                    .subscribe(change -> received.countDown());
            Status last = Flux.range(1, 50)
                    .concatMap(i -> i % 10 == 0 ? web.updateSync(pid(i)) : web.update(pid(i)))
                    .blockLast(PATIENCE);
            assertThat(last.pid()).isEqualTo(50);
            assertThat(received.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            release.countDown();
        }

        @Test
        void receiveTheNewestWhenTheyGoOn() throws InterruptedException {
            CountDownLatch arrived = new CountDownLatch(1);
            CountDownLatch newest = new CountDownLatch(1);
            blocking(
                    web.changes().doOnNext(change -> {
                        if (change.current().pid() == 50) {
                            newest.countDown();
                        }
                    }),
                    arrived);
            assertThat(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Flux.range(1, 50).concatMap(i -> web.update(pid(i))).blockLast(PATIENCE);
            release.countDown();
            assertThat(newest.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        @Test
        void onTheSchedulerOfAnotherDeliveryAsWell() throws InterruptedException {
            CountDownLatch arrived = new CountDownLatch(1);
            blocking(web.changes(Delivery.latest().on(Schedulers.boundedElastic())), arrived);
            assertThat(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(web.updateSync(pid(1)).block(PATIENCE)).isNotNull();
            release.countDown();
        }
    }

    @Nested
    class OfAMono {
        @Test
        void oneThatThrowsTakesNoSignalFromOthersWhereTheSchedulerIsGone() {
            Scheduler gone = Schedulers.newSingle("gone");
            gone.dispose();
            reopen(builder -> builder.signalScheduler(gone));
            web = store.find("web");
            IllegalStateException thrown = new IllegalStateException("no");
            Held write = checkpoints.holdNext();
            subscribe(web.updateSync(pid(1)));
            web.updateSync(pid(2)).subscribe(new CoreSubscriber<>() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    subscription.request(1);
                }

                @Override
                public void onNext(Status status) {
                    throw thrown;
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onComplete() {}
            });
            TestSubscriber<Status> other = subscribe(web.updateSync(pid(3)));
            write.complete();
            assertThat(other.isTerminatedComplete()).isTrue();
            assertThat(dropped).containsExactly(thrown);
        }
    }
}
