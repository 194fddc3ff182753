package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.StoreClosedException;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** The rules for the changes of one container in each delivery, as long as the subscriber keeps up. */
class ContainerChangesTest extends StoreTest {
    private StatusStorage web;

    static Stream<Delivery> deliveries() {
        return Stream.of(Delivery.latest(), Delivery.every(100));
    }

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    @Nested
    class FromTheSnapshotToTheDeletion {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void theWholeLifeComesInOrder(Delivery delivery) {
            web.update(pid(1)).block(PATIENCE);
            StepVerifier.create(web.changes(delivery))
                    .expectNext(new StatusChange(
                            "web", 2, StatusChange.Kind.SNAPSHOT, null, pid(1).apply(CREATED), false, 0))
                    .then(() -> web.updateSync(pid(2)).block(PATIENCE))
                    .expectNext(new StatusChange(
                            "web", 3, StatusChange.Kind.UPDATED, pid(1).apply(CREATED), pid(2).apply(CREATED), true, 0))
                    .then(() -> web.update(pid(3)).block(PATIENCE))
                    .expectNext(new StatusChange(
                            "web",
                            4,
                            StatusChange.Kind.UPDATED,
                            pid(2).apply(CREATED),
                            pid(3).apply(CREATED),
                            false,
                            0))
                    .then(() -> web.delete().block(PATIENCE))
                    .expectNext(new StatusChange(
                            "web", 5, StatusChange.Kind.DELETED, pid(3).apply(CREATED), pid(3).apply(CREATED), true, 0))
                    .verifyComplete();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void eachSubscriptionBeginsWithTheCurrentStatus(Delivery delivery) {
            Flux<StatusChange> changes = web.changes(delivery);
            StepVerifier.create(changes.map(StatusChange::revision).take(1))
                    .expectNext(1L)
                    .verifyComplete();
            web.update(pid(1)).block(PATIENCE);
            StepVerifier.create(changes.map(StatusChange::revision).take(1))
                    .expectNext(2L)
                    .verifyComplete();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void aSubscriberAfterTheDeletionReceivesTheDeletionOnly(Delivery delivery) {
            web.delete().block(PATIENCE);
            StepVerifier.create(web.changes(delivery))
                    .expectNext(new StatusChange("web", 2, StatusChange.Kind.DELETED, null, CREATED, true, 0))
                    .verifyComplete();
            StepVerifier.create(web.changes(delivery.changesOnly())).verifyComplete();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void aSubscriberDuringTheDeletionReceivesItOnce(Delivery delivery) {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            TestSubscriber<StatusChange> withoutSnapshot = TestSubscriber.create();
            // The deletion is committed, and is being emitted to the only watcher.
            web.changes(Delivery.every(9).on(Schedulers.immediate()))
                    .filter(change -> change.kind() == StatusChange.Kind.DELETED)
                    .subscribe(change -> {
                        web.changes(delivery).subscribe(watcher);
                        web.changes(delivery.changesOnly()).subscribe(withoutSnapshot);
                    });
            web.delete().block(PATIENCE);
            assertThat(watcher.getReceivedOnNext())
                    .containsExactly(new StatusChange("web", 2, StatusChange.Kind.DELETED, null, CREATED, true, 0));
            assertThat(watcher.isTerminatedComplete()).isTrue();
            assertThat(withoutSnapshot.getReceivedOnNext()).isEmpty();
            assertThat(withoutSnapshot.isTerminatedComplete()).isTrue();
            assertThat(((ContainerLane) web).subscribers().isEmpty()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void aDeletedContainerStaysDeletedForItsWatchersWhenTheIdIsUsedAgain(Delivery delivery) {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes(delivery).subscribe(watcher);
            web.delete().block(PATIENCE);
            container("web");
            assertThat(watcher.getReceivedOnNext()).hasSize(2);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void changesOnlyLeavesTheSnapshotOut(Delivery delivery) {
            StepVerifier.create(web.changes(delivery.changesOnly()).map(StatusChange::kind))
                    .then(() -> web.update(pid(1)).block(PATIENCE))
                    .expectNext(StatusChange.Kind.UPDATED)
                    .then(() -> web.delete().block(PATIENCE))
                    .expectNext(StatusChange.Kind.DELETED)
                    .verifyComplete();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void aFailedWriteIsNoChange(Delivery delivery) {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes(delivery).subscribe(watcher);
            checkpoints.failNext(notWritten("web"));
            checkpoints.failNext(indeterminate("web"));
            web.updateSync(pid(1)).onErrorComplete().block(PATIENCE);
            web.delete().onErrorComplete().block(PATIENCE);
            assertThat(watcher.getReceivedOnNext()).hasSize(1);
            web.update(pid(2)).block(PATIENCE);
            assertThat(watcher.getReceivedOnNext())
                    .extracting(StatusChange::revision)
                    .containsExactly(1L, 2L);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void theStateOfAChangeIsThatOfItsStatus(Delivery delivery) {
            StatusChange change = web.changes(delivery).blockFirst(PATIENCE);
            assertThat(change.state()).isEqualTo(CREATED.state());
        }
    }

    @Nested
    class Demand {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void nothingComesBeforeItIsRequested(Delivery delivery) {
            StepVerifier.create(web.changes(delivery), 0)
                    .expectSubscription()
                    .then(() -> web.update(pid(1)).block(PATIENCE))
                    .thenRequest(1)
                    .expectNextCount(1)
                    .thenCancel()
                    .verify();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void oneAtATimeComesOneAtATime(Delivery delivery) {
            TestSubscriber<StatusChange> watcher =
                    TestSubscriber.builder().initialRequest(0).build();
            web.changes(delivery).subscribe(watcher);
            for (int i = 1; i <= 20; i++) {
                watcher.request(1);
                assertThat(watcher.getReceivedOnNext()).hasSize(i);
                web.update(pid(i)).block(PATIENCE);
                assertThat(watcher.getReceivedOnNext()).hasSize(i);
            }
            assertThat(watcher.getReceivedOnNext())
                    .extracting(change -> change.current().pid())
                    .isSorted()
                    .doesNotHaveDuplicates();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void requestedFromInsideOnNextItGoesOn(Delivery delivery) {
            TestSubscriber<StatusChange> watcher =
                    TestSubscriber.builder().initialRequest(1).build();
            web.changes(delivery).doOnNext(change -> watcher.request(1)).subscribe(watcher);
            for (int i = 1; i <= 20; i++) {
                web.update(pid(i)).block(PATIENCE);
            }
            assertThat(watcher.getReceivedOnNext()).hasSize(21);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void thatIsNotPositiveEndsTheStreamWithAnError(Delivery delivery) {
            for (long wrong : new long[] {0, -1}) {
                TestSubscriber<StatusChange> watcher =
                        TestSubscriber.builder().initialRequest(0).build();
                // Directly to the subscription, because Reactor's own operators would swallow the wrong number.
                RawDemand.subscribe(web.changes(delivery), watcher, wrong);
                assertThat(watcher.expectTerminalError())
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("3.9");
            }
            assertThat(web.update(pid(1)).block(PATIENCE)).isNotNull();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void theEndNeedsNoneOnceEverythingWasEmitted(Delivery delivery) {
            StepVerifier.create(web.changes(delivery), 2)
                    .expectNextCount(1)
                    .then(() -> web.delete().block(PATIENCE))
                    .expectNextMatches(change -> change.kind() == StatusChange.Kind.DELETED)
                    .verifyComplete();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void theEndWaitsForItUntilTheDeletionIsEmitted(Delivery delivery) {
            StepVerifier.create(web.changes(delivery), 1)
                    .expectNextCount(1)
                    .then(() -> web.delete().block(PATIENCE))
                    .thenRequest(1)
                    .expectNextMatches(change -> change.kind() == StatusChange.Kind.DELETED)
                    .verifyComplete();
        }
    }

    @Nested
    class WhoeverLeaves {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void receivesNothingMore(Delivery delivery) {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes(delivery).subscribe(watcher);
            watcher.cancel();
            web.update(pid(1)).block(PATIENCE);
            web.delete().block(PATIENCE);
            assertThat(watcher.getReceivedOnNext()).hasSize(1);
            assertThat(watcher.isTerminated()).isFalse();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void insideOnNextReceivesNothingMore(Delivery delivery) {
            StepVerifier.create(web.changes(delivery).take(2).map(StatusChange::revision))
                    .expectNext(1L)
                    .then(() -> web.update(pid(1)).block(PATIENCE))
                    .expectNext(2L)
                    .verifyComplete();
            web.update(pid(2)).block(PATIENCE);
            assertThat(subscribers()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void leavesNothingBehind(Delivery delivery) {
            Disposable first = web.changes(delivery).subscribe();
            Disposable second = web.changes(delivery).subscribe();
            Disposable third = web.changes(delivery).subscribe();
            assertThat(subscribers()).isFalse();
            second.dispose();
            first.dispose();
            third.dispose();
            assertThat(subscribers()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void insideOnSubscribeLeavesNothingBehind(Delivery delivery) {
            StepVerifier.create(web.changes(delivery), 0).thenCancel().verify();
            web.changes(delivery)
                    .doOnSubscribe(subscription -> subscription.cancel())
                    .subscribe();
            assertThat(subscribers()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void mayComeBackAfterTheLastOneLeft(Delivery delivery) {
            Flux<StatusChange> changes = web.changes(delivery);
            for (int i = 1; i <= 3; i++) {
                StepVerifier.create(changes.take(1).map(StatusChange::revision))
                        .expectNext((long) i)
                        .verifyComplete();
                web.update(pid(i)).block(PATIENCE);
            }
        }

        private boolean subscribers() {
            return ((ContainerLane) web).subscribers().isEmpty();
        }
    }

    @Nested
    class WhenTheStoreCloses {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void theStreamCompletes(Delivery delivery) {
            StepVerifier.create(web.changes(delivery))
                    .expectNextCount(1)
                    .then(() -> store.close().block(PATIENCE))
                    .verifyComplete();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void aStalledSubscriberStillGetsTheFinalStateAndThenTheEnd(Delivery delivery) {
            TestSubscriber<StatusChange> watcher =
                    TestSubscriber.builder().initialRequest(1).build();
            web.changes(delivery).subscribe(watcher);
            web.update(pid(1)).block(PATIENCE);
            store.close().block(PATIENCE);
            assertThat(watcher.isTerminated()).isFalse();
            watcher.request(1);
            assertThat(watcher.getReceivedOnNext())
                    .last(InstanceOfAssertFactories.type(StatusChange.class))
                    .extracting(change -> change.current().pid())
                    .isEqualTo(1L);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void aStalledSubscriberThatReceivedEverythingNeedsNoDemandForTheEnd(Delivery delivery) {
            TestSubscriber<StatusChange> watcher =
                    TestSubscriber.builder().initialRequest(1).build();
            web.changes(delivery).subscribe(watcher);
            store.close().block(PATIENCE);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContainerChangesTest#deliveries")
        void oneThatComesTooLateGetsAnError(Delivery delivery) {
            store.close().block(PATIENCE);
            StepVerifier.create(web.changes(delivery)).verifyError(StoreClosedException.class);
            StepVerifier.create(store.changes(delivery)).verifyError(StoreClosedException.class);
        }
    }
}
