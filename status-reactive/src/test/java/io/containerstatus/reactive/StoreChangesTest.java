package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.SubscriberLaggedException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** The changes of all containers in one stream. */
class StoreChangesTest extends StoreTest {
    static Stream<Delivery> deliveries() {
        return Stream.of(Delivery.latest(), Delivery.every(1000));
    }

    private TestSubscriber<StatusChange> watch(Delivery delivery, long demand) {
        TestSubscriber<StatusChange> watcher =
                TestSubscriber.builder().initialRequest(demand).build();
        store.changes(delivery).subscribe(watcher);
        return watcher;
    }

    private static List<String> received(TestSubscriber<StatusChange> watcher) {
        return watcher.getReceivedOnNext().stream()
                .map(change -> change.kind() + " " + change.id() + " " + change.revision())
                .toList();
    }

    @Nested
    class InEachDelivery {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void beginsWithASnapshotOfEachContainerAndGoesOnWithWhatHappens(Delivery delivery) {
            StatusStorage a = container("a");
            container("b").update(pid(1)).block(PATIENCE);
            StepVerifier.create(store.changes(delivery))
                    .expectNext(new StatusChange("a", 1, StatusChange.Kind.SNAPSHOT, null, CREATED, true, 0))
                    .expectNext(
                            new StatusChange("b", 2, StatusChange.Kind.SNAPSHOT, null, pid(1).apply(CREATED), false, 0))
                    .then(() -> container("c"))
                    .expectNext(new StatusChange("c", 1, StatusChange.Kind.CREATED, null, CREATED, true, 0))
                    .then(() -> a.updateSync(pid(2)).block(PATIENCE))
                    .expectNext(new StatusChange(
                            "a", 2, StatusChange.Kind.UPDATED, CREATED, pid(2).apply(CREATED), true, 0))
                    .then(() -> store.delete("c").block(PATIENCE))
                    .expectNext(new StatusChange("c", 2, StatusChange.Kind.DELETED, CREATED, CREATED, true, 0))
                    .then(() -> store.close().block(PATIENCE))
                    .verifyComplete();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void changesOnlyLeavesTheSnapshotsOutAndNothingElse(Delivery delivery) {
            StatusStorage a = container("a");
            StatusStorage b = container("b");
            TestSubscriber<StatusChange> watcher = watch(delivery.changesOnly(), Long.MAX_VALUE);
            container("c");
            a.update(pid(1)).block(PATIENCE);
            b.delete().block(PATIENCE);
            assertThat(received(watcher)).containsExactly("CREATED c 1", "UPDATED a 2", "DELETED b 2");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void recreationUnderTheSameIdIsADeletionAndThenACreation(Delivery delivery) {
            StatusStorage a = container("a");
            TestSubscriber<StatusChange> watcher = watch(delivery, 1);
            a.delete().block(PATIENCE);
            container("a").update(pid(1)).block(PATIENCE);
            watcher.request(10);
            assertThat(received(watcher).subList(0, 3)).satisfies(three -> {
                assertThat(three.get(0)).isEqualTo("SNAPSHOT a 1");
                assertThat(three.get(1)).isEqualTo("DELETED a 2");
                assertThat(three.get(2)).startsWith("CREATED a");
            });
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void recreationInsideADeletionIsEmittedInThatOrder(Delivery delivery) {
            StatusStorage a = container("a");
            // A watcher of the container receives the deletion before the watchers of the store do.
            a.changes(Delivery.every(9).on(Schedulers.immediate()))
                    .filter(change -> change.kind() == StatusChange.Kind.DELETED)
                    .subscribe(change -> subscribe(store.create("a", CREATED)));
            TestSubscriber<StatusChange> watcher = watch(delivery, Long.MAX_VALUE);
            a.delete().block(PATIENCE);
            assertThat(received(watcher)).containsExactly("SNAPSHOT a 1", "DELETED a 2", "CREATED a 1");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void aSubscriberDuringADeletionReceivesNothingOfThatContainer(Delivery delivery) {
            StatusStorage a = container("a");
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            a.changes(Delivery.every(9).on(Schedulers.immediate()))
                    .filter(change -> change.kind() == StatusChange.Kind.DELETED)
                    .subscribe(change -> store.changes(delivery).subscribe(watcher));
            a.delete().block(PATIENCE);
            assertThat(received(watcher)).isEmpty();
            container("a");
            assertThat(received(watcher)).containsExactly("CREATED a 1");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void aSubscriberDuringAnUpdateReceivesItOnce(Delivery delivery) {
            StatusStorage a = container("a");
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            a.changes(Delivery.every(9).on(Schedulers.immediate()))
                    .filter(change -> change.revision() == 2)
                    .subscribe(change -> store.changes(delivery).subscribe(watcher));
            a.update(pid(1)).block(PATIENCE);
            a.update(pid(2)).block(PATIENCE);
            assertThat(received(watcher)).containsExactly("SNAPSHOT a 2", "UPDATED a 3");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void thatIsNotPositiveEndsTheStreamWithAnError(Delivery delivery) {
            TestSubscriber<StatusChange> watcher =
                    TestSubscriber.builder().initialRequest(0).build();
            RawDemand.subscribe(store.changes(delivery), watcher, 0);
            assertThat(watcher.expectTerminalError()).isInstanceOf(IllegalArgumentException.class);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void aStalledSubscriberStillGetsEverythingFinalAfterTheStoreClosed(Delivery delivery) {
            StatusStorage a = container("a");
            StatusStorage b = container("b");
            StatusStorage c = container("c");
            TestSubscriber<StatusChange> watcher = watch(delivery, 3);
            a.update(pid(1)).block(PATIENCE);
            b.delete().block(PATIENCE);
            c.update(pid(2)).block(PATIENCE);
            container("d");
            store.close().block(PATIENCE);
            assertThat(watcher.isTerminated()).isFalse();
            watcher.request(3);
            assertThat(watcher.isTerminated()).isFalse();
            watcher.request(1);
            assertThat(received(watcher).subList(3, 7))
                    .containsExactlyInAnyOrder("UPDATED a 2", "DELETED b 2", "UPDATED c 2", "CREATED d 1");
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void aSubscriberThatReceivedEverythingNeedsNoDemandForTheEnd(Delivery delivery) {
            container("a");
            TestSubscriber<StatusChange> watcher = watch(delivery, 1);
            store.close().block(PATIENCE);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void cancellingLeavesNothingBehind(Delivery delivery) {
            Disposable first = store.changes(delivery).subscribe();
            Disposable second = store.changes(delivery).subscribe();
            first.dispose();
            assertThat(((CheckpointStore) store).subscribers().isEmpty()).isFalse();
            second.dispose();
            assertThat(((CheckpointStore) store).subscribers().isEmpty()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void whoeverLeftMayComeBackAfterTheLastOneLeft(Delivery delivery) {
            StatusStorage a = container("a");
            Flux<StatusChange> changes = store.changes(delivery);
            for (int i = 1; i <= 3; i++) {
                StepVerifier.create(changes.take(1).map(StatusChange::revision))
                        .expectNext((long) i)
                        .verifyComplete();
                assertThat(((CheckpointStore) store).subscribers().isEmpty()).isTrue();
                a.update(pid(i)).block(PATIENCE);
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void oneAtATimeComesOneAtATime(Delivery delivery) {
            List.of("a", "b", "c").forEach(StoreChangesTest.this::container);
            TestSubscriber<StatusChange> watcher = watch(delivery, 0);
            for (int i = 1; i <= 20; i++) {
                watcher.request(1);
                assertThat(watcher.getReceivedOnNext()).hasSize(i);
                store.list().get(i % 3).update(pid(i)).block(PATIENCE);
                assertThat(watcher.getReceivedOnNext()).hasSize(i);
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void aSubscriberThatCancelsInOnNextReceivesNothingMore(Delivery delivery) {
            List.of("a", "b", "c").forEach(StoreChangesTest.this::container);
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            store.changes(delivery)
                    .doOnNext(change -> {
                        if (change.id().equals("b")) {
                            watcher.cancel();
                        }
                    })
                    .subscribe(watcher);
            container("d");
            assertThat(received(watcher)).startsWith("SNAPSHOT a 1").doesNotContain("SNAPSHOT c 1", "CREATED d 1");
            assertThat(((CheckpointStore) store).subscribers().isEmpty()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StoreChangesTest#deliveries")
        void aStalledSubscriberDoesNotSlowDownOneBesideIt(Delivery delivery) {
            StatusStorage a = container("a");
            TestSubscriber<StatusChange> stalled = watch(delivery, 1);
            TestSubscriber<StatusChange> fast = watch(delivery, Long.MAX_VALUE);
            for (int i = 1; i <= 100; i++) {
                a.update(pid(i)).block(PATIENCE);
                assertThat(fast.getReceivedOnNext()).hasSize(i + 1);
            }
            assertThat(stalled.getReceivedOnNext()).hasSize(1);
            assertThat(stalled.isTerminated()).isFalse();
        }
    }

    @Nested
    class OfTheLatest {
        @Test
        void aContainerWaitsOnceHoweverOftenItChanges() {
            StatusStorage a = container("a");
            StatusStorage b = container("b");
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 2);
            for (int i = 1; i <= 50; i++) {
                a.update(pid(i)).block(PATIENCE);
                b.update(pid(i)).block(PATIENCE);
            }
            watcher.request(100);
            assertThat(received(watcher))
                    .containsExactly("SNAPSHOT a 1", "SNAPSHOT b 1", "UPDATED a 51", "UPDATED b 51");
            assertThat(watcher.getReceivedOnNext().get(2).skipped()).isEqualTo(49);
        }

        @Test
        void oneThatWasCreatedAndDeletedMeanwhileMayVanish() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 0);
            container("a").delete().block(PATIENCE);
            container("b");
            watcher.request(100);
            assertThat(received(watcher)).containsExactly("CREATED b 1");
        }

        @Test
        void aLateFirstChangeIsACreationWithTheNumberSkipped() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 0);
            StatusStorage a = container("a");
            a.update(pid(1)).block(PATIENCE);
            a.update(pid(2)).block(PATIENCE);
            watcher.request(1);
            assertThat(watcher.getReceivedOnNext())
                    .containsExactly(
                            new StatusChange("a", 3, StatusChange.Kind.CREATED, null, pid(2).apply(CREATED), false, 2));
        }

        @Test
        void theDeletionOfAKnownContainerIsNeverLost() {
            StatusStorage a = container("a");
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 1);
            a.update(pid(1)).block(PATIENCE);
            a.delete().block(PATIENCE);
            container("a").delete().block(PATIENCE);
            container("a");
            watcher.request(100);
            assertThat(received(watcher)).containsExactly("SNAPSHOT a 1", "DELETED a 3", "CREATED a 1");
        }

        @Test
        void aContainerDeletedBeforeItsSnapshotWasEmittedVanishes() {
            StatusStorage a = container("a");
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 0);
            a.delete().block(PATIENCE);
            watcher.request(100);
            assertThat(received(watcher)).isEmpty();
            store.close().block(PATIENCE);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @Test
        void aSlowSubscriberOverTenThousandContainersEndsWithTheNewestOfEach() {
            for (int i = 0; i < 10_000; i++) {
                container("c" + i);
            }
            CheckingSubscriber watcher = CheckingSubscriber.ofStore(Delivery.latest());
            store.changes().subscribe(watcher);
            List<StatusStorage> containers = store.list();
            for (int round = 1; round <= 10; round++) {
                for (StatusStorage container : containers) {
                    container.update(pid(round)).block(PATIENCE);
                }
                watcher.request(1_000);
            }
            assertThat(watcher.received()).isEqualTo(10_000);
            for (StatusStorage container : containers.subList(0, 5_000)) {
                container.delete().block(PATIENCE);
            }
            store.close().block(PATIENCE);
            watcher.request(Integer.MAX_VALUE);
            assertThat(watcher.hasEnded()).isTrue();
            assertThat(watcher.faults()).isEmpty();
            assertThat(watcher.known()).hasSize(5_000);
            assertThat(watcher.known().values())
                    .allMatch(change ->
                            change.revision() == 11 && change.current().pid() == 10);
            // One snapshot of each container, and then, if that was not the newest, a newer status or the deletion.
            assertThat(watcher.received()).isLessThanOrEqualTo(20_000);
        }

        @Test
        void aContainerRecreatedManyTimesMeanwhileIsEmittedAsTwo() {
            StatusStorage a = container("a");
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 1);
            a.update(pid(1)).block(PATIENCE);
            a.delete().block(PATIENCE);
            for (int i = 0; i < 200; i++) {
                container("a").delete().block(PATIENCE);
            }
            container("a").update(pid(2)).block(PATIENCE);
            watcher.request(100);
            assertThat(watcher.getReceivedOnNext()
                            .subList(1, watcher.getReceivedOnNext().size()))
                    .containsExactly(
                            new StatusChange(
                                    "a",
                                    3,
                                    StatusChange.Kind.DELETED,
                                    CREATED,
                                    pid(1).apply(CREATED),
                                    /* durable= */ true,
                                    1),
                            new StatusChange(
                                    "a",
                                    2,
                                    StatusChange.Kind.CREATED,
                                    null,
                                    pid(2).apply(CREATED),
                                    /* durable= */ false,
                                    1));
        }

        @Test
        void withoutSnapshotsTheDeletionOfAnExistingContainerIsEmitted() {
            StatusStorage a = container("a");
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest().changesOnly(), 0);
            a.update(pid(1)).block(PATIENCE);
            a.delete().block(PATIENCE);
            for (int i = 0; i < 200; i++) {
                container("b").delete().block(PATIENCE);
            }
            watcher.request(100);
            assertThat(watcher.getReceivedOnNext())
                    .containsExactly(new StatusChange(
                            "a", 3, StatusChange.Kind.DELETED, CREATED, pid(1).apply(CREATED), true, 1));
        }

        @Test
        void aDeletedContainerDoesNotDelayTheEnd() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 0);
            container("a").delete().block(PATIENCE);
            store.close().block(PATIENCE);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }
    }

    @Nested
    class OfEveryChange {
        @Test
        void aSlowSubscriberGetsAllOfThem() {
            StatusStorage a = container("a");
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(100), 0);
            a.update(pid(1)).block(PATIENCE);
            container("b").delete().block(PATIENCE);
            a.delete().block(PATIENCE);
            watcher.request(100);
            assertThat(received(watcher))
                    .containsExactly("SNAPSHOT a 1", "UPDATED a 2", "CREATED b 1", "DELETED b 2", "DELETED a 3");
        }

        @Test
        void theBoundIsOnAllContainersTogether() {
            StatusStorage a = container("a");
            StatusStorage b = container("b");
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(3), 2);
            a.update(pid(1)).block(PATIENCE);
            b.update(pid(1)).block(PATIENCE);
            a.update(pid(2)).block(PATIENCE);
            assertThat(watcher.isTerminated()).isFalse();
            b.update(pid(2)).block(PATIENCE);
            assertThat(watcher.expectTerminalError())
                    .isInstanceOfSatisfying(SubscriberLaggedException.class, lagged -> assertThat(lagged.missed())
                            .isEqualTo(4));
        }
    }
}
