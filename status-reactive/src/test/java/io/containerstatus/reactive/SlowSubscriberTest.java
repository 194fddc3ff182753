package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.SubscriberLaggedException;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.containerstatus.test.ManualScheduler;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** What a subscriber receives that is slower than the changes. */
class SlowSubscriberTest extends StoreTest {
    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    private TestSubscriber<StatusChange> watch(Delivery delivery, long demand) {
        TestSubscriber<StatusChange> watcher =
                TestSubscriber.builder().initialRequest(demand).build();
        web.changes(delivery).subscribe(watcher);
        return watcher;
    }

    private void update(int from, int to) {
        for (int i = from; i <= to; i++) {
            web.update(pid(i)).block(PATIENCE);
        }
    }

    private static StatusChange last(TestSubscriber<StatusChange> watcher) {
        List<StatusChange> received = watcher.getReceivedOnNext();
        return received.get(received.size() - 1);
    }

    @Nested
    class OfTheLatest {
        @Test
        void receivesTheNewestAndTheNumberSkipped() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 1);
            update(1, 10);
            watcher.request(1);
            assertThat(last(watcher))
                    .isEqualTo(new StatusChange(
                            "web", 11, StatusChange.Kind.UPDATED, CREATED, pid(10).apply(CREATED), false, 9));
            update(11, 12);
            watcher.request(1);
            assertThat(last(watcher))
                    .isEqualTo(new StatusChange(
                            "web",
                            13,
                            StatusChange.Kind.UPDATED,
                            pid(10).apply(CREATED),
                            pid(12).apply(CREATED),
                            false,
                            1));
        }

        @Test
        void thatAskedForNothingYetBeginsWithTheNewest() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 0);
            update(1, 10);
            watcher.request(2);
            assertThat(watcher.getReceivedOnNext())
                    .containsExactly(new StatusChange(
                            "web", 11, StatusChange.Kind.SNAPSHOT, null, pid(10).apply(CREATED), false, 0));
        }

        @Test
        void neverLosesTheFinalState() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 1);
            update(1, 10);
            web.delete().block(PATIENCE);
            assertThat(watcher.isTerminated()).isFalse();
            watcher.request(1);
            assertThat(last(watcher))
                    .isEqualTo(new StatusChange(
                            "web", 12, StatusChange.Kind.DELETED, CREATED, pid(10).apply(CREATED), true, 10));
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @Test
        void withoutDemandReceivesTheDeletionFirst() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 0);
            web.delete().block(PATIENCE);
            watcher.request(5);
            assertThat(watcher.getReceivedOnNext())
                    .extracting(StatusChange::kind)
                    .containsExactly(StatusChange.Kind.DELETED);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @Test
        void receivesNothingWhenTheStatusDidNotChange() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 1);
            web.update(status -> status).block(PATIENCE);
            watcher.request(1);
            assertThat(watcher.getReceivedOnNext()).hasSize(1);
        }

        @Test
        void receivesTheStatusAsDurableThoughItWasNotWhenItChanged() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest(), 1);
            update(1, 1);
            web.updateSync(status -> status).block(PATIENCE);
            watcher.request(1);
            assertThat(last(watcher).durable()).isTrue();
        }

        @Test
        void onASlowSchedulerSkipsAsWell() {
            ManualScheduler slow = new ManualScheduler();
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest().on(slow), Long.MAX_VALUE);
            update(1, 5);
            assertThat(watcher.getReceivedOnNext()).isEmpty();
            assertThat(slow.waiting()).isEqualTo(1);
            slow.runAll();
            assertThat(watcher.getReceivedOnNext())
                    .extracting(StatusChange::revision)
                    .containsExactly(6L);
            update(6, 9);
            slow.runAll();
            assertThat(last(watcher).skipped()).isEqualTo(3);
        }

        @Test
        void doesNotSlowDownOneBesideIt() {
            TestSubscriber<StatusChange> stalled = watch(Delivery.latest(), 1);
            TestSubscriber<StatusChange> fast = watch(Delivery.latest(), Long.MAX_VALUE);
            update(1, 100);
            assertThat(fast.getReceivedOnNext()).hasSize(101).allMatch(change -> change.skipped() == 0);
            assertThat(stalled.getReceivedOnNext()).hasSize(1);
        }

        @Test
        void withChangesOnlyReceivesTheNumberSkippedSinceItsSubscription() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.latest().changesOnly(), 0);
            update(1, 4);
            watcher.request(1);
            assertThat(watcher.getReceivedOnNext())
                    .containsExactly(new StatusChange(
                            "web", 5, StatusChange.Kind.UPDATED, CREATED, pid(4).apply(CREATED), false, 3));
        }
    }

    @Nested
    class OfEveryChange {
        @Test
        void getsAllOfThemLater() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(10), 1);
            update(1, 10);
            watcher.request(100);
            assertThat(watcher.getReceivedOnNext())
                    .extracting(StatusChange::revision)
                    .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
            assertThat(watcher.getReceivedOnNext()).allMatch(change -> change.skipped() == 0);
        }

        @Test
        void getsTheSnapshotOfItsSubscriptionHoweverLate() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(10), 0);
            update(1, 3);
            watcher.request(1);
            assertThat(last(watcher))
                    .isEqualTo(new StatusChange("web", 1, StatusChange.Kind.SNAPSHOT, null, CREATED, true, 0));
        }

        @Test
        void isCutOffAtOnceWithTheNumberItMissedAndItsLastRevision() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(3), 2);
            update(1, 4);
            assertThat(watcher.isTerminated()).isFalse();
            update(5, 5);
            assertThat(watcher.expectTerminalError())
                    .isInstanceOfSatisfying(SubscriberLaggedException.class, lagged -> {
                        assertThat(lagged.missed()).isEqualTo(4);
                        assertThat(lagged.lastRevision()).isEqualTo(2);
                    });
            assertThat(watcher.getReceivedOnNext()).hasSize(2);
        }

        @Test
        void isCutOffAtRevisionZeroIfItHasReceivedNothing() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(1).changesOnly(), 0);
            update(1, 2);
            assertThat(watcher.expectTerminalError())
                    .isInstanceOfSatisfying(SubscriberLaggedException.class, lagged -> {
                        assertThat(lagged.missed()).isEqualTo(2);
                        assertThat(lagged.lastRevision()).isZero();
                    });
        }

        @Test
        void beingCutOffAffectsNoOneElse() {
            TestSubscriber<StatusChange> slow = watch(Delivery.every(1), 0);
            TestSubscriber<StatusChange> fast = watch(Delivery.every(1), Long.MAX_VALUE);
            update(1, 5);
            assertThat(slow.isTerminatedError()).isTrue();
            assertThat(fast.getReceivedOnNext()).hasSize(6);
            slow = watch(Delivery.every(1), 1);
            assertThat(slow.getReceivedOnNext())
                    .extracting(StatusChange::revision)
                    .containsExactly(6L);
        }

        @Test
        void countsWhatItMissedWhileItsSchedulerSlept() {
            ManualScheduler slow = new ManualScheduler();
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(3).on(slow), Long.MAX_VALUE);
            slow.runAll();
            update(1, 10);
            slow.runAll();
            assertThat(watcher.expectTerminalError())
                    .isInstanceOfSatisfying(SubscriberLaggedException.class, lagged -> {
                        assertThat(lagged.missed()).isEqualTo(10);
                        assertThat(lagged.lastRevision()).isEqualTo(1);
                    });
        }

        @Test
        void receivesTheDeletionBehindAllPendingChanges() {
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(10), 1);
            update(1, 3);
            web.delete().block(PATIENCE);
            watcher.request(3);
            assertThat(watcher.isTerminated()).isFalse();
            watcher.request(1);
            assertThat(last(watcher).kind()).isEqualTo(StatusChange.Kind.DELETED);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @Test
        void isNotEndedByADeletionBeforeItReceivesIt() {
            Delivery inline = Delivery.every(10).on(Schedulers.immediate());
            TestSubscriber<StatusChange> second =
                    TestSubscriber.builder().initialRequest(1).build();
            // The first watcher receives the deletion first, and then makes the second one request, before
            // that one receives it.
            web.changes(inline)
                    .filter(change -> change.kind() == StatusChange.Kind.DELETED)
                    .subscribe(change -> second.request(1));
            web.changes(inline).subscribe(second);
            web.delete().block(PATIENCE);
            assertThat(second.getReceivedOnNext())
                    .extracting(StatusChange::kind)
                    .containsExactly(StatusChange.Kind.SNAPSHOT, StatusChange.Kind.DELETED);
            assertThat(second.isTerminatedComplete()).isTrue();
        }

        @Test
        void mayLagByAtLeastOne() {
            assertThatThrownBy(() -> Delivery.everyWithMaxLag(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("maxLag 0");
        }

        @Test
        void hasAShorterNameAsWell() {
            assertThat(Delivery.everyWithMaxLag(7).maxLag()).isEqualTo(7);
            assertThat(Delivery.every(7).maxLag()).isEqualTo(7);
        }

        @Test
        void ofABatchLargerThanItMayLagIsCutOff() {
            Held write = checkpoints.holdNext();
            subscribe(web.updateSync(pid(1)));
            for (int i = 2; i <= 6; i++) {
                subscribe(web.updateSync(pid(i)));
            }
            ManualScheduler slow = new ManualScheduler();
            TestSubscriber<StatusChange> watcher = watch(Delivery.every(5).on(slow), Long.MAX_VALUE);
            slow.runAll();
            write.complete();
            slow.runAll();
            assertThat(watcher.expectTerminalError()).isInstanceOf(SubscriberLaggedException.class);
        }
    }

    @Nested
    class OfADeliveryWithAScheduler {
        @Test
        void theSchedulerStaysWithWhateverElseIsChosen() {
            ManualScheduler slow = new ManualScheduler();
            for (Delivery delivery : List.of(
                    Delivery.every(9).on(slow).changesOnly(),
                    Delivery.latest().changesOnly().on(slow))) {
                StepVerifier.create(web.changes(delivery), Long.MAX_VALUE)
                        .expectSubscription()
                        .then(() -> web.update(status -> pid(status.pid() + 1).apply(status))
                                .block(PATIENCE))
                        .then(slow::runAll)
                        .assertNext(change -> assertThat(change.kind()).isEqualTo(StatusChange.Kind.UPDATED))
                        .thenCancel()
                        .verify();
            }
        }
    }
}
