package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** Operations that are begun inside others: none deadlocks, and none overtakes another. */
class ReentrancyTest extends StoreTest {
    private static final Delivery INLINE = Delivery.every(1000).on(Schedulers.immediate());

    private StatusStorage web;

    static Stream<Delivery> deliveries() {
        return Stream.of(
                Delivery.latest(), Delivery.every(1000), Delivery.latest().on(Schedulers.immediate()), INLINE);
    }

    private static Status next(Status status) {
        return pid(status.pid() + 1).apply(status);
    }

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    @Nested
    class FromAnUpdateFunction {
        @Test
        void theInnerUpdateRunsAfterTheOuterOne() {
            List<TestSubscriber<Status>> inner = new ArrayList<>();
            StepVerifier.create(web.update(status -> {
                        inner.add(subscribe(
                                web.update(later -> pid(later.pid() * 10).apply(later))));
                        inner.add(subscribe(
                                web.updateSync(later -> pid(later.pid() + 1).apply(later))));
                        return pid(7).apply(status);
                    }))
                    .expectNextMatches(status -> status.pid() == 7)
                    .verifyComplete();
            assertThat(inner).allMatch(TestSubscriber::isTerminatedComplete);
            assertThat(web.current().pid()).isEqualTo(71);
            assertThat(web.revision()).isEqualTo(4);
        }

        @Test
        void anUpdateOfAnotherContainerRunsAtOnce() {
            StatusStorage db = container("db");
            List<Long> seen = new ArrayList<>();
            web.update(status -> {
                        db.update(pid(3)).block(PATIENCE);
                        seen.add(db.current().pid());
                        return pid(7).apply(status);
                    })
                    .block(PATIENCE);
            assertThat(seen).containsExactly(3L);
        }

        @Test
        void aDeletionRunsAfterTheUpdate() {
            web.updateSync(status -> {
                        subscribe(web.delete());
                        return pid(7).apply(status);
                    })
                    .block(PATIENCE);
            assertThat(store.list()).isEmpty();
            assertThat(checkpoints.takeCalls()).containsExactly("write web", "delete web");
        }
    }

    @Nested
    class FromOnNextOfChanges {
        @Test
        void updatesFollowEachOtherInOrderForEveryWatcher() {
            List<Long> first = new ArrayList<>();
            List<Long> second = new ArrayList<>();
            web.changes(INLINE).subscribe(change -> {
                first.add(change.current().pid());
                if (change.current().pid() < 10) {
                    subscribe(web.update(pid(change.current().pid() + 1)));
                }
            });
            web.changes(INLINE).subscribe(change -> second.add(change.current().pid()));
            assertThat(first).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
            assertThat(second).isSorted().endsWith(10L).doesNotHaveDuplicates();
            assertThat(web.revision()).isEqualTo(11);
        }

        @Test
        void aWatcherMayDeleteItsContainer() {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes(INLINE)
                    .doOnNext(change -> {
                        if (change.current().pid() == 7) {
                            subscribe(web.delete());
                        }
                    })
                    .subscribe(watcher);
            web.updateSync(pid(7)).block(PATIENCE);
            assertThat(watcher.getReceivedOnNext())
                    .extracting(StatusChange::kind)
                    .containsExactly(StatusChange.Kind.SNAPSHOT, StatusChange.Kind.UPDATED, StatusChange.Kind.DELETED);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @Test
        void aWatcherOfAllMayCreateADeletedContainerAgain() {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            store.changes(INLINE)
                    .doOnNext(change -> {
                        if (change.kind() == StatusChange.Kind.DELETED) {
                            subscribe(store.create(change.id(), CREATED));
                        }
                    })
                    .subscribe(watcher);
            web.delete().block(PATIENCE);
            assertThat(watcher.getReceivedOnNext())
                    .extracting(StatusChange::kind)
                    .containsExactly(StatusChange.Kind.SNAPSHOT, StatusChange.Kind.DELETED, StatusChange.Kind.CREATED);
            assertThat(store.list()).hasSize(1);
        }

        @Test
        void aWatcherMaySubscribeAnotherOne() {
            TestSubscriber<StatusChange> inner = TestSubscriber.create();
            web.changes(INLINE).filter(change -> change.revision() == 2).subscribe(change -> web.changes(INLINE)
                    .subscribe(inner));
            web.update(pid(7)).block(PATIENCE);
            web.update(pid(8)).block(PATIENCE);
            assertThat(inner.getReceivedOnNext())
                    .extracting(StatusChange::revision)
                    .containsExactly(2L, 3L);
        }
    }

    @Nested
    class FromOnNextInEachDelivery {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ReentrancyTest#deliveries")
        void updatesNeitherDeadlockNorReorder(Delivery delivery) throws InterruptedException {
            store.close().block(PATIENCE);
            store = StatusStore.builder(checkpoints).open().block(PATIENCE);
            web = store.find("web");
            List<CheckingSubscriber> watchers = List.of(
                    CheckingSubscriber.ofContainer(delivery),
                    CheckingSubscriber.ofContainer(delivery),
                    CheckingSubscriber.ofStore(delivery));
            watchers.forEach(watcher -> watcher.request(Integer.MAX_VALUE));
            web.changes(delivery).subscribe(watchers.get(1));
            store.changes(delivery).subscribe(watchers.get(2));
            // If the container were deleted before its snapshot is emitted, this subscriber would receive nothing.
            Awaitility.await().atMost(PATIENCE).until(() -> watchers.get(2).last() != null);
            web.changes(delivery)
                    .doOnNext(change -> {
                        if (change.kind() != StatusChange.Kind.DELETED
                                && change.current().pid() < 100) {
                            web.updateSync(ReentrancyTest::next).subscribe();
                            web.update(ReentrancyTest::next).subscribe();
                        } else if (change.kind() != StatusChange.Kind.DELETED) {
                            store.delete("web").subscribe();
                        }
                    })
                    .subscribe(watchers.get(0));
            assertThat(watchers.get(0).awaitEnd()).isTrue();
            assertThat(watchers.get(1).awaitEnd()).isTrue();
            store.close().block(PATIENCE);
            assertThat(watchers.get(2).awaitEnd()).isTrue();
            for (CheckingSubscriber watcher : watchers) {
                assertThat(watcher.faults()).isEmpty();
                assertThat(watcher.last().kind()).isEqualTo(StatusChange.Kind.DELETED);
                assertThat(watcher.last().revision()).isEqualTo(web.revision());
            }
        }
    }

    @Nested
    class FromACompletionHandler {
        @Test
        void aLongChainOfUpdatesNeitherDeadlocksNorOverflowsTheStack() {
            StepVerifier.create(Flux.range(1, 20_000)
                            .concatMap(i -> i % 2 == 0 ? web.update(pid(i)) : web.updateSync(pid(i))))
                    .expectNextCount(20_000)
                    .verifyComplete();
            assertThat(web.revision()).isEqualTo(20_001);
        }

        @Test
        void blockingOnAnotherUpdateOfTheSameContainerIsPossible() {
            StepVerifier.create(web.update(pid(7)).map(status -> {
                        web.update(pid(8)).block(PATIENCE);
                        return web.updateSync(pid(9)).block(PATIENCE);
                    }))
                    .expectNextMatches(status -> status.pid() == 9)
                    .verifyComplete();
            assertThat(web.revision()).isEqualTo(4);
        }

        @Test
        void blockingThereIsPossibleForAllOfABatchOnRealThreads() {
            checkpoints.answerOn(Schedulers.boundedElastic());
            store.close().block(PATIENCE);
            store = StatusStore.builder(checkpoints).open().block(PATIENCE);
            web = store.find("web");
            List<CompletableFuture<Status>> callers = new ArrayList<>();
            for (int i = 1; i <= 32; i++) {
                long pid = i;
                callers.add(web.updateSync(pid(pid))
                        .map(status -> web.updateSync(pid(1000 + pid)).block(PATIENCE))
                        .toFuture());
            }
            assertThat(callers).allSatisfy(caller -> assertThat(caller).succeedsWithin(PATIENCE));
            assertThat(web.revision()).isEqualTo(65);
        }
    }

    @Nested
    class FromAwait {
        @Test
        void thePredicateMayUpdateTheContainer() {
            TestSubscriber<Status> waiting = subscribe(web.await(status -> {
                if (status.pid() < 5) {
                    subscribe(web.update(pid(status.pid() + 1)));
                }
                return status.pid() == 5;
            }));
            assertThat(waiting.expectTerminalSignal().isOnComplete()).isTrue();
            assertThat(waiting.getReceivedOnNext()).containsExactly(pid(5).apply(CREATED));
        }

        @Test
        void theMatchMayBeFollowedByABlockingUpdate() {
            CompletableFuture<Status> followed = web.await(status -> status.pid() == 5)
                    .publishOn(Schedulers.boundedElastic())
                    .map(status -> web.updateSync(pid(6)).block(PATIENCE))
                    .toFuture();
            web.updateSync(pid(5)).block(PATIENCE);
            assertThat(followed).succeedsWithin(PATIENCE);
            assertThat(web.current().pid()).isEqualTo(6);
        }
    }
}
