package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.test.InMemoryCheckpoints.Held;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

/**
 * The changes of one container for subscribers that take everything on the committing thread, so that the
 * lane itself emits the changes.
 */
class DirectChangesTest extends StoreTest {
    private final List<Throwable> dropped = new ArrayList<>();
    private StatusStorage web;

    static Stream<Delivery> deliveries() {
        return Stream.of(
                Delivery.latest().on(Schedulers.immediate()),
                Delivery.every(100).on(Schedulers.immediate()));
    }

    @BeforeEach
    void createContainer() {
        Hooks.onErrorDropped(dropped::add);
        web = container("web");
    }

    @AfterEach
    void resetHook() {
        Hooks.resetOnErrorDropped();
    }

    private TestSubscriber<StatusChange> watcher(Delivery delivery) {
        TestSubscriber<StatusChange> watcher = TestSubscriber.create();
        web.changes(delivery).subscribe(watcher);
        return watcher;
    }

    private static List<Long> revisions(TestSubscriber<StatusChange> watcher) {
        return watcher.getReceivedOnNext().stream().map(StatusChange::revision).toList();
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void eachChangeIsEmittedOnceFromTheSnapshotToTheDeletion(Delivery delivery) {
        TestSubscriber<StatusChange> watcher = watcher(delivery);
        for (int i = 1; i <= 5; i++) {
            web.update(pid(i)).block(PATIENCE);
        }
        web.delete().block(PATIENCE);
        assertThat(revisions(watcher)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(watcher.getReceivedOnNext()).allMatch(change -> change.skipped() == 0);
        for (int i = 1; i < 7; i++) {
            StatusChange change = watcher.getReceivedOnNext().get(i);
            assertThat(change.previous())
                    .isEqualTo(watcher.getReceivedOnNext().get(i - 1).current());
        }
        assertThat(watcher.isTerminatedComplete()).isTrue();
        assertThat(watcher.getProtocolErrors()).isEmpty();
        assertThat(((ContainerLane) web).subscribers().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void aBatchIsEmittedWithoutGapDuplicateOrStepBack(Delivery delivery) {
        TestSubscriber<StatusChange> watcher = watcher(delivery);
        for (int batch = 0; batch < 3; batch++) {
            Held write = checkpoints.holdNext();
            for (int i = 1; i <= 4; i++) {
                web.updateSync(pid(10 * batch + i)).subscribe();
            }
            write.complete();
        }
        long last = 1;
        for (StatusChange change : watcher.getReceivedOnNext()
                .subList(1, watcher.getReceivedOnNext().size())) {
            assertThat(change.revision()).isEqualTo(last + 1 + change.skipped());
            last = change.revision();
        }
        assertThat(last).isEqualTo(web.revision()).isEqualTo(13);
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void theEndOfTheStoreCompletesIt(Delivery delivery) {
        TestSubscriber<StatusChange> watcher = watcher(delivery);
        web.update(pid(1)).block(PATIENCE);
        web.update(pid(2)).block(PATIENCE);
        store.close().block(PATIENCE);
        assertThat(watcher.isTerminatedComplete()).isTrue();
        assertThat(revisions(watcher)).containsExactly(1L, 2L, 3L);
        assertThat(watcher.getProtocolErrors()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void aCancelledSubscriberReceivesNothingMore(Delivery delivery) {
        TestSubscriber<StatusChange> watcher = watcher(delivery);
        web.changes(delivery).take(3).subscribe();
        for (int i = 1; i <= 4; i++) {
            web.update(pid(i)).block(PATIENCE);
        }
        watcher.cancel();
        web.delete().block(PATIENCE);
        assertThat(revisions(watcher)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(watcher.isTerminated()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void oneThatThrowsIsCancelledAndHarmsNobody(Delivery delivery) {
        IllegalStateException thrown = new IllegalStateException("no more");
        web.changes(delivery).subscribe(new TestSubscriberAdapter() {
            @Override
            public void onNext(StatusChange change) {
                if (change.revision() == 4) {
                    throw thrown;
                }
            }
        });
        TestSubscriber<StatusChange> other = watcher(delivery);
        for (int i = 1; i <= 4; i++) {
            web.update(pid(i)).block(PATIENCE);
        }
        assertThat(dropped).containsExactly(thrown);
        assertThat(revisions(other)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void anUpdateInOnNextIsEmittedAfterwards(Delivery delivery) {
        List<Long> received = new ArrayList<>();
        web.changes(delivery).subscribe(change -> {
            received.add(change.revision());
            if (change.revision() < 9) {
                web.update(pid(change.revision())).subscribe();
            }
        });
        web.update(pid(77)).block(PATIENCE);
        assertThat(received).isSorted().doesNotHaveDuplicates().endsWith(web.revision());
        assertThat(web.revision()).isGreaterThanOrEqualTo(9);
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void aDemandThatBreaksTheRulesIsAnsweredWithTheNextCommit(Delivery delivery) {
        AtomicReference<Subscription> subscribed = new AtomicReference<>();
        List<Object> received = new ArrayList<>();
        web.changes(delivery).subscribe(new TestSubscriberAdapter() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscribed.set(subscription);
                super.onSubscribe(subscription);
            }

            @Override
            public void onNext(StatusChange change) {
                received.add(change.revision());
            }

            @Override
            public void onError(Throwable failure) {
                received.add(failure.getClass());
            }
        });
        web.update(pid(1)).block(PATIENCE);
        assertThat(subscribed.get()).isInstanceOf(DirectChanges.class);
        subscribed.get().request(-1);
        web.update(pid(2)).block(PATIENCE);
        web.update(pid(3)).block(PATIENCE);
        assertThat(received).containsExactly(1L, 2L, IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void oneThatThrowsAtTheEndKeepsTheStoreFromNothing(Delivery delivery) {
        IllegalStateException thrown = new IllegalStateException("not yet");
        web.changes(delivery).subscribe(new TestSubscriberAdapter() {
            @Override
            public void onNext(StatusChange change) {}

            @Override
            public void onComplete() {
                throw thrown;
            }
        });
        TestSubscriber<StatusChange> other = watcher(delivery);
        web.update(pid(1)).block(PATIENCE);
        store.close().block(PATIENCE);
        assertThat(dropped).containsExactly(thrown);
        assertThat(other.isTerminatedComplete()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void aCommitBeforeTheSubscriptionIsNotEmittedAgain(Delivery delivery) {
        List<Long> received = new ArrayList<>();
        AtomicReference<Long> subscribedAt = new AtomicReference<>();
        web.changes(Delivery.every(100).on(Schedulers.immediate())).subscribe(change -> {
            if (change.revision() == 3) {
                subscribedAt.set(web.revision());
                web.changes(delivery.changesOnly()).subscribe(later -> received.add(later.revision()));
            }
        });
        Held write = checkpoints.holdNext();
        IntStream.rangeClosed(1, 6).forEach(pid -> web.updateSync(pid(pid)).subscribe());
        write.complete();
        web.update(pid(99)).block(PATIENCE);
        assertThat(subscribedAt.get()).isEqualTo(7);
        assertThat(received).containsExactly(8L);
    }

    @Test
    void aFilterStillLeavesOutWhatItShould() {
        TestSubscriber<StatusChange> watcher =
                watcher(Delivery.latest().stateChangesOnly().on(Schedulers.immediate()));
        web.update(pid(1)).block(PATIENCE);
        web.update(pid(2)).block(PATIENCE);
        web.update(status -> status.toBuilder().startedAt(NOON).build()).block(PATIENCE);
        assertThat(revisions(watcher)).containsExactly(1L, 4L);
        assertThat(watcher.getReceivedOnNext().get(1).skipped()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void oneThatAsksForEverythingTooLateGetsADrainWithAllThatItAskedFor(Delivery delivery) {
        TestSubscriber<StatusChange> watcher =
                TestSubscriber.builder().initialRequest(2).build();
        web.changes(delivery).subscribe(watcher);
        web.update(pid(1)).block(PATIENCE);
        web.update(pid(2)).block(PATIENCE);
        assertThat(revisions(watcher)).containsExactly(1L, 2L);
        watcher.request(Long.MAX_VALUE);
        web.update(pid(3)).block(PATIENCE);
        assertThat(revisions(watcher)).containsExactly(1L, 2L, 3L, 4L);
        watcher.cancel();
        assertThat(((ContainerLane) web).subscribers().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void oneThatAsksForNothingIsFailedForAWrongDemandAtOnce(Delivery delivery) {
        List<Throwable> failures = new ArrayList<>();
        TestSubscriberAdapter watcher = new TestSubscriberAdapter() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(0);
            }

            @Override
            public void onNext(StatusChange change) {}

            @Override
            public void onError(Throwable failure) {
                failures.add(failure);
            }
        };
        web.changes(delivery).subscribe(watcher);
        assertThat(failures).singleElement().isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void aCommitInAnswerToTheSnapshotIsEmittedAfterItByTheSameThread(Delivery delivery) {
        List<String> received = new ArrayList<>();
        web.changes(delivery).subscribe(change -> {
            received.add("begin " + change.revision());
            if (change.revision() == 1) {
                web.update(pid(1)).block(PATIENCE);
            }
            if (change.revision() == 2) {
                web.delete().block(PATIENCE);
            }
            received.add("end " + change.revision());
        });
        assertThat(received).containsExactly("begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3");
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void theStoreThatClosesDuringTheSnapshotCompletesIt(Delivery delivery) {
        List<String> received = new ArrayList<>();
        web.changes(delivery).doOnComplete(() -> received.add("complete")).subscribe(change -> {
            store.close().block(PATIENCE);
            received.add("change " + change.revision());
        });
        assertThat(received).containsExactly("change 1", "complete");
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void theContainerThatIsFailedDuringTheSnapshotFailsIt(Delivery delivery) {
        IllegalStateException reason = new IllegalStateException("no memory");
        List<Object> received = new ArrayList<>();
        web.changes(delivery)
                .subscribe(
                        change -> {
                            ((ContainerLane) web).subscribers().fail("web", reason);
                            received.add(change.revision());
                        },
                        received::add);
        assertThat(received).containsExactly(1L, reason);
        assertThat(((ContainerLane) web).subscribers().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void aDeletedContainerEmitsItsDeletionAndTheEnd(Delivery delivery) {
        web.delete().block(PATIENCE);
        TestSubscriber<StatusChange> watcher = watcher(delivery);
        TestSubscriber<StatusChange> changesOnly = watcher(delivery.changesOnly());
        assertThat(watcher.getReceivedOnNext())
                .extracting(StatusChange::kind)
                .containsExactly(StatusChange.Kind.DELETED);
        assertThat(watcher.isTerminatedComplete()).isTrue();
        assertThat(changesOnly.getReceivedOnNext()).isEmpty();
        assertThat(changesOnly.isTerminatedComplete()).isTrue();
    }
}
