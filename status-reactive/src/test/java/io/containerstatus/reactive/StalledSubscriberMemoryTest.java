package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.StatusTransitions;
import io.containerstatus.test.ManualScheduler;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

/**
 * How many statuses are still in memory after a million changes that a subscriber has not taken. They are
 * counted, not measured in bytes.
 */
@Tag("long")
class StalledSubscriberMemoryTest extends StoreTest {
    private static final int CHANGES = 1_000_000;

    private final List<WeakReference<Status>> committed = new ArrayList<>(CHANGES);
    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    static Stream<Delivery> latest() {
        return Stream.of(
                Delivery.latest(),
                Delivery.latest().changesOnly(),
                Delivery.latest().on(new ManualScheduler()),
                Delivery.latest().stateChangesOnly(),
                Delivery.latest().idsStartingWith("w"));
    }

    private void change(int times) {
        long before = web.revision();
        for (int i = 1; i <= times; i++) {
            Status next = CREATED.toBuilder().pid(i).build();
            committed.add(new WeakReference<>(next));
            web.update(status -> next).subscribe();
        }
        assertThat(web.revision()).isEqualTo(before + times);
    }

    private long inMemory() {
        return committed.stream().filter(one -> !one.refersTo(null)).count();
    }

    /**
     * Fails if more than these are reachable. Collects garbage repeatedly until no more are, or until the
     * time is up.
     */
    private void assertInMemoryAtMost(int count) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        do {
            System.gc();
        } while (inMemory() > count && System.nanoTime() < deadline);
        assertThat(inMemory()).isLessThanOrEqualTo(count);
    }

    private TestSubscriber<StatusChange> stalled(Delivery delivery, boolean ofStore) {
        TestSubscriber<StatusChange> stalled =
                TestSubscriber.builder().initialRequest(1).build();
        (ofStore ? store.changes(delivery) : web.changes(delivery)).subscribe(stalled);
        return stalled;
    }

    @Nested
    class OfTheLatest {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.StalledSubscriberMemoryTest#latest")
        void theNewestStatusOnly(Delivery delivery) {
            TestSubscriber<StatusChange> ofOne = stalled(delivery.idsStartingWith(""), false);
            TestSubscriber<StatusChange> ofAll = stalled(delivery, true);
            change(CHANGES);
            // The newest status, and the first change, which was emitted and kept, if there was no snapshot
            // before it.
            assertInMemoryAtMost(2);
            assertThat(inMemory()).isPositive();
            Reference.reachabilityFence(List.of(ofOne, ofAll));
        }

        @Test
        void andOneQueueEntryForEachContainer() {
            LatestOfStore asleep = new LatestOfStore(
                    TestSubscriber.builder().initialRequest(1).build(), (CheckpointStore) store, Delivery.latest());
            asleep.start();
            container("db");
            change(CHANGES);
            assertThat(asleep.waiting()).isEqualTo(2);
        }

        @Test
        void alsoBehindASubscriberThatBlocks() throws InterruptedException {
            CountDownLatch arrived = new CountDownLatch(2);
            CountDownLatch release = new CountDownLatch(1);
            Delivery elsewhere = Delivery.latest().on(Schedulers.boundedElastic());
            CountDownLatch newest = new CountDownLatch(2);
            for (var changes : List.of(web.changes(elsewhere), store.changes(elsewhere))) {
                changes.subscribe(change -> {
                    arrived.countDown();
                    try {
                        release.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    if (change.current().pid() == CHANGES) {
                        newest.countDown();
                    }
                });
            }
            assertThat(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            change(CHANGES);
            assertInMemoryAtMost(1);
            release.countDown();
            assertThat(newest.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @Nested
    class OfEveryChange {
        @Test
        void asManyAsMayWaitUntilItIsCutOff() {
            TestSubscriber<StatusChange> ofOne = stalled(Delivery.every(100), false);
            TestSubscriber<StatusChange> ofAll = stalled(Delivery.every(100), true);
            change(100);
            assertThat(ofOne.isTerminated()).isFalse();
            change(CHANGES);
            assertThat(ofOne.isTerminatedError()).isTrue();
            assertThat(ofAll.isTerminatedError()).isTrue();
            assertInMemoryAtMost(1);
        }

        @Test
        void asManyAsMayWaitWhileItsSchedulerSleeps() {
            ManualScheduler asleep = new ManualScheduler();
            stalled(Delivery.every(100).on(asleep), false);
            stalled(Delivery.every(100).on(asleep), true);
            change(CHANGES);
            // The newest status, and the waiting changes, each with its previous status.
            assertInMemoryAtMost(102);
            Reference.reachabilityFence(asleep);
        }

        @Test
        void noneOfThoseThatAreLeftOut() {
            TestSubscriber<StatusChange> byState = stalled(Delivery.every(1).stateChangesOnly(), false);
            TestSubscriber<StatusChange> byId = stalled(Delivery.every(1).idsStartingWith("db"), true);
            change(CHANGES);
            assertThat(byState.isTerminated()).isFalse();
            assertThat(byId.isTerminated()).isFalse();
            assertInMemoryAtMost(1);
            Reference.reachabilityFence(List.of(byState, byId));
        }
    }

    @Nested
    class OfAStoreInWhichContainersComeAndGo {
        private static final int CONTAINERS = 100_000;

        private void comeAndGo(UnaryOperator<Status> end) {
            for (int i = 1; i <= CONTAINERS; i++) {
                Status first = CREATED.toBuilder().pid(i).build();
                committed.add(new WeakReference<>(first));
                StatusStorage one = store.create("c" + i % 1000, first).block(PATIENCE);
                Status last = end.apply(first);
                committed.add(new WeakReference<>(last));
                one.update(status -> last).block(PATIENCE);
                one.delete().block(PATIENCE);
            }
        }

        @Test
        void thoseThatCameAndWentWhileItSleptAreForgotten() {
            TestSubscriber<StatusChange> asleep = stalled(Delivery.latest(), true);
            comeAndGo(status -> status);
            assertInMemoryAtMost(200);
            // The container that it knew is reported nevertheless, and so is the last one.
            web.delete().block(PATIENCE);
            container("last");
            asleep.request(Long.MAX_VALUE);
            assertThat(asleep.getReceivedOnNext())
                    .extracting(change -> change.kind() + " " + change.id())
                    .containsExactly("SNAPSHOT web", "DELETED web", "CREATED last");
        }

        @Test
        void alsoBehindASubscriberThatBlocks() {
            ManualScheduler blocked = new ManualScheduler();
            TestSubscriber<StatusChange> asleep = TestSubscriber.create();
            store.changes(Delivery.latest().on(blocked).stateChangesOnly()).subscribe(asleep);
            comeAndGo(status -> StatusTransitions.exited(status, 0, NOON));
            assertInMemoryAtMost(200);
            blocked.runAll();
            assertThat(asleep.getReceivedOnNext())
                    .extracting(change -> change.kind() + " " + change.id())
                    .containsExactly("SNAPSHOT web");
        }
    }
}
