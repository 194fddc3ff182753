package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.StatusEvent;
import io.containerstatus.SubscriberLaggedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/**
 * The drain of a subscription: which thread signals, which faults of its scheduler it survives, and how it ends.
 */
class ChangeSubscriptionTest extends StoreTest {
    private final List<Throwable> dropped = new ArrayList<>();
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

    private List<Flux<StatusChange>> both(Delivery delivery) {
        return List.of(web.changes(delivery), store.changes(delivery));
    }

    private static String thread() {
        return Thread.currentThread().getName();
    }

    @Nested
    class TheThread {
        /** Returns the thread of each signal, in order. */
        private static List<String> signals(Flux<StatusChange> changes) {
            CompletableFuture<List<String>> end = new CompletableFuture<>();
            List<String> threads = new ArrayList<>();
            changes.doOnSubscribe(subscription -> threads.add(thread()))
                    .doOnNext(change -> threads.add(thread()))
                    .doOnTerminate(() -> {
                        threads.add(thread());
                        end.complete(threads);
                    })
                    .subscribe(change -> {}, error -> {});
            return end.orTimeout(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                    .join();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ChangeSubscriptionTest#deliveries")
        void isTheStoresForAllButTheSubscription(Delivery delivery) {
            store.close().block(PATIENCE);
            store = StatusStore.builder(checkpoints).open().block(PATIENCE);
            web = store.find("web");
            Flux<StatusChange> life = web.changes(delivery).doOnNext(change -> {
                if (change.kind() == StatusChange.Kind.SNAPSHOT) {
                    web.delete().subscribe();
                }
            });
            List<String> threads = signals(life);
            assertThat(threads).hasSize(4).startsWith(thread());
            assertThat(threads.subList(1, 4)).allMatch(name -> name.startsWith("status-signal"));
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ChangeSubscriptionTest#deliveries")
        void isTheDeliverysIfItHasOneAlsoForAnError(Delivery delivery) {
            Scheduler mine = Schedulers.newSingle("mine");
            for (Flux<StatusChange> changes : both(delivery.on(mine))) {
                CompletableFuture<String> failed = new CompletableFuture<>();
                TestSubscriberAdapter watcher = new TestSubscriberAdapter() {
                    @Override
                    public void onSubscribe(Subscription subscription) {
                        // Requests nothing here; the test makes only the wrong request.
                    }

                    @Override
                    public void onNext(StatusChange change) {}

                    @Override
                    public void onError(Throwable error) {
                        failed.complete(thread());
                    }
                };
                RawDemand.subscribe(changes, watcher, -1);
                assertThat(failed).succeedsWithin(PATIENCE).asString().startsWith("mine");
            }
            mine.dispose();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ChangeSubscriptionTest#deliveries")
        void isTheSubscribersIfItComesTooLate(Delivery delivery) {
            Scheduler mine = Schedulers.newSingle("mine");
            List<Flux<StatusChange>> both = both(delivery.on(mine));
            store.close().block(PATIENCE);
            both.forEach(changes -> assertThat(signals(changes)).containsOnly(thread()));
            mine.dispose();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ChangeSubscriptionTest#deliveries")
        void isTheOneThatCausedTheSignalIfTheSchedulerRefuses(Delivery delivery) {
            Scheduler mine = Schedulers.newSingle("mine");
            mine.dispose();
            for (Flux<StatusChange> changes : both(delivery.on(mine))) {
                StepVerifier.create(changes.map(change -> thread()))
                        .expectNext(thread())
                        .thenCancel()
                        .verify();
            }
        }
    }

    @Nested
    class ASchedulerThatThrows {
        /** A scheduler that throws what no scheduler may throw. */
        private final class Broken implements Scheduler {
            private final RuntimeException thrown;
            private boolean working = true;

            Broken(RuntimeException thrown) {
                this.thrown = thrown;
            }

            @Override
            public Disposable schedule(Runnable task) {
                if (!working) {
                    throw thrown;
                }
                task.run();
                return () -> {};
            }

            @Override
            public Worker createWorker() {
                throw thrown;
            }
        }

        static Stream<Arguments> deliveriesAndFailures() {
            return deliveries().flatMap(delivery -> Stream.of(
                            new IllegalStateException("broken"), new RejectedExecutionException("full"))
                    .map(thrown -> Arguments.of(delivery, thrown)));
        }

        @ParameterizedTest
        @MethodSource("deliveriesAndFailures")
        void hasTheSignalsComeOnTheThreadThatCausedThem(Delivery delivery, RuntimeException thrown) {
            Broken broken = new Broken(thrown);
            TestSubscriber<StatusChange> ofOne = TestSubscriber.create();
            TestSubscriber<StatusChange> ofAll = TestSubscriber.create();
            web.changes(delivery.on(broken)).subscribe(ofOne);
            store.changes(delivery.on(broken)).subscribe(ofAll);
            broken.working = false;
            StepVerifier.create(web.update(pid(1))).expectNextCount(1).verifyComplete();
            web.delete().block(PATIENCE);
            assertThat(ofOne.getReceivedOnNext()).hasSize(3);
            assertThat(ofOne.isTerminatedComplete()).isTrue();
            assertThat(ofAll.getReceivedOnNext()).hasSize(3);
            assertThat(dropped).isEmpty();
        }

        @ParameterizedTest
        @MethodSource("deliveriesAndFailures")
        void doesNotThrowAtWhoeverRequestsOrSubscribes(Delivery delivery, RuntimeException thrown) {
            Broken broken = new Broken(thrown);
            TestSubscriber<StatusChange> watcher =
                    TestSubscriber.builder().initialRequest(0).build();
            web.changes(delivery.on(broken)).subscribe(watcher);
            broken.working = false;
            watcher.request(1);
            assertThat(watcher.getReceivedOnNext()).hasSize(1);
            TestSubscriber<StatusChange> late = TestSubscriber.create();
            web.changes(delivery.on(broken)).subscribe(late);
            assertThat(late.getReceivedOnNext()).hasSize(1);
            assertThat(dropped).isEmpty();
        }
    }

    /** A subscription that never has anything to emit. */
    private static class Silent extends ChangeSubscription {
        Silent(CoreSubscriber<? super StatusEvent> actual) {
            super(
                    actual,
                    new Subscribers(),
                    new SignalScheduler(Schedulers.immediate()),
                    Delivery.latest(),
                    ChangeFilter.NONE);
        }

        @Override
        void snapshot() {}

        @Override
        void onPassed(ContainerLane lane, StatusChange change) {}

        @Override
        protected boolean hasEnded() {
            return false;
        }

        @Override
        protected boolean hasNext() {
            return false;
        }

        @Override
        protected @Nullable StatusChange poll() {
            return null;
        }
    }

    @Nested
    class TheSnapshot {
        @Test
        void skipsAContainerThatIsDeletedAfterTheListing() {
            CheckpointStore all = (CheckpointStore) store;
            TestSubscriber<StatusEvent> watcher = TestSubscriber.create();
            new EveryChange(
                            watcher,
                            all.subscribers(),
                            /* id= */ null,
                            all.context(),
                            () -> {
                                Collection<ContainerLane> listed = all.liveLanes("");
                                web.delete().block(PATIENCE);
                                return listed;
                            },
                            all::hasEnded,
                            /* endsWithContainer= */ false,
                            Delivery.every(9),
                            ChangeFilter.NONE)
                    .start();
            container("db");
            assertThat(watcher.getReceivedOnNext())
                    .extracting(event -> ((StatusChange) event).id())
                    .containsExactly("db");
        }
    }

    @Nested
    class AnErrorWhilePublishing {
        @Test
        void failsTheStreamThatMissedTheChangeAndNoOther() {
            StackOverflowError deep = new StackOverflowError("deep");
            List<StatusChange> received = new ArrayList<>();
            Subscribers subscribers = new Subscribers();
            TestSubscriber<StatusEvent> failed = TestSubscriber.create();
            ChangeSubscription failing = new Silent(failed) {
                @Override
                void onPassed(ContainerLane lane, StatusChange change) {
                    throw deep;
                }
            };
            failing.start();
            subscribers.add(failing);
            subscribers.add(new Silent(TestSubscriber.create()) {
                @Override
                void onPassed(ContainerLane lane, StatusChange change) {
                    received.add(change);
                }
            });
            ContainerLane lane = (ContainerLane) web;
            StatusChange change = StatusChanges.first("web", StatusChange.Kind.CREATED, lane.committed());
            subscribers.publish(lane, change);
            assertThat(received).containsExactly(change);
            assertThat(failed.expectTerminalError()).isSameAs(deep);
            assertThat(dropped).isEmpty();
        }
    }

    @Nested
    class TheEnd {
        /**
         * A stream whose last change is refused between two reads of the drain: after it has read the
         * failures, and before it reads the end.
         */
        private static final class Refusing extends Silent {
            private boolean refused;

            Refusing(CoreSubscriber<? super StatusEvent> actual) {
                super(actual);
            }

            @Override
            protected @Nullable Throwable lagFailure() {
                return refused ? new SubscriberLaggedException(1, 1, 1) : null;
            }

            @Override
            protected boolean hasEnded() {
                refused = true;
                return true;
            }
        }

        @Test
        void isNoCompletionWhenAChangeWasRefusedJustBefore() {
            Flux<StatusEvent> changes =
                    Flux.from(subscriber -> new Refusing(Operators.toCoreSubscriber(subscriber)).start());
            StepVerifier.create(changes).verifyError(SubscriberLaggedException.class);
        }
    }
}
