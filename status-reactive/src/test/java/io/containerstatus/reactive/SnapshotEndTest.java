package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.CaughtUp;
import io.containerstatus.StatusEvent;
import io.containerstatus.SubscriberLaggedException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** The position of the end of the snapshot among the changes. */
class SnapshotEndTest extends StoreTest {
    static Stream<Delivery> deliveries() {
        return Stream.of(
                Delivery.latest(),
                Delivery.every(100),
                Delivery.latest().on(Schedulers.immediate()),
                Delivery.every(100).on(Schedulers.immediate()));
    }

    private static TestSubscriber<StatusEvent> watch(Flux<StatusEvent> events, long demand) {
        TestSubscriber<StatusEvent> watcher =
                TestSubscriber.builder().initialRequest(demand).build();
        events.subscribe(watcher);
        return watcher;
    }

    private static List<String> received(TestSubscriber<StatusEvent> watcher) {
        return watcher.getReceivedOnNext().stream().map(SnapshotEndTest::name).toList();
    }

    private static String name(StatusEvent event) {
        return event instanceof StatusChange change
                ? change.kind() + " " + change.id() + " " + change.revision()
                : event.toString();
    }

    private static final String END = new CaughtUp().toString();

    @Nested
    class OfAStore {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.SnapshotEndTest#deliveries")
        void comesBetweenTheSnapshotAndLaterChanges(Delivery delivery) {
            StatusStorage a = container("a");
            container("b");
            StepVerifier.create(store.events(delivery).map(SnapshotEndTest::name))
                    .expectNext("SNAPSHOT a 1", "SNAPSHOT b 1", END)
                    .then(() -> a.update(pid(1)).block(PATIENCE))
                    .expectNext("UPDATED a 2")
                    .then(() -> store.close().block(PATIENCE))
                    .verifyComplete();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.SnapshotEndTest#deliveries")
        void comesAtOnceWithoutContainers(Delivery delivery) {
            TestSubscriber<StatusEvent> watcher = watch(store.events(delivery), Long.MAX_VALUE);
            assertThat(watcher.getReceivedOnNext()).containsExactly(new CaughtUp());
            assertThat(watcher.getReceivedOnNext().get(0).caughtUp()).isTrue();
            container("a");
            assertThat(received(watcher)).containsExactly(END, "CREATED a 1");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.SnapshotEndTest#deliveries")
        void comesFirstWithoutASnapshot(Delivery delivery) {
            StatusStorage a = container("a");
            TestSubscriber<StatusEvent> watcher = watch(store.events(delivery.changesOnly()), Long.MAX_VALUE);
            a.update(pid(1)).block(PATIENCE);
            assertThat(received(watcher)).containsExactly(END, "UPDATED a 2");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.SnapshotEndTest#deliveries")
        void isAboutThoseThatTheSubscriberWants(Delivery delivery) {
            container("a");
            container("b");
            assertThat(received(watch(store.events(delivery.idsStartingWith("b")), Long.MAX_VALUE)))
                    .containsExactly("SNAPSHOT b 1", END);
            assertThat(received(watch(store.events(delivery.idsStartingWith("c")), Long.MAX_VALUE)))
                    .containsExactly(END);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.SnapshotEndTest#deliveries")
        void waitsForItsDemandAndForTheSnapshot(Delivery delivery) {
            container("a");
            StatusStorage b = container("b");
            TestSubscriber<StatusEvent> watcher = watch(store.events(delivery), 0);
            b.update(pid(1)).block(PATIENCE);
            container("c");
            watcher.request(2);
            List<String> snapshot = delivery.isLatest()
                    ? List.of("SNAPSHOT a 1", "SNAPSHOT b 2")
                    : List.of("SNAPSHOT a 1", "SNAPSHOT b 1");
            assertThat(received(watcher)).isEqualTo(snapshot);
            watcher.request(1);
            assertThat(received(watcher)).hasSize(3).last().isEqualTo(END);
            watcher.request(10);
            List<String> since = delivery.isLatest() ? List.of("CREATED c 1") : List.of("UPDATED b 2", "CREATED c 1");
            assertThat(received(watcher).subList(3, received(watcher).size())).isEqualTo(since);
        }

        @Test
        void comesThoughAllContainersAreDeletedByThen() {
            StatusStorage a = container("a");
            TestSubscriber<StatusEvent> watcher = watch(store.events(Delivery.latest()), 0);
            a.delete().block(PATIENCE);
            watcher.request(10);
            assertThat(received(watcher)).containsExactly(END);
        }

        @Test
        void staysWhenWhatCameAndWentIsSwept() {
            container("a");
            TestSubscriber<StatusEvent> watcher = watch(store.events(Delivery.latest()), 0);
            for (int i = 0; i < 500; i++) {
                container("job").delete().block(PATIENCE);
            }
            watcher.request(10);
            assertThat(received(watcher)).containsExactly("SNAPSHOT a 1", END);
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.SnapshotEndTest#deliveries")
        void isStillEmittedAfterTheStoreHasClosed(Delivery delivery) {
            container("a");
            TestSubscriber<StatusEvent> watcher = watch(store.events(delivery), 1);
            store.close().block(PATIENCE);
            assertThat(watcher.isTerminated()).isFalse();
            watcher.request(1);
            assertThat(received(watcher)).containsExactly("SNAPSHOT a 1", END);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @Test
        void neverComesOnAStreamThatWasCutOff() {
            StatusStorage a = container("a");
            TestSubscriber<StatusEvent> watcher = watch(store.events(Delivery.every(1)), 0);
            a.update(pid(1)).block(PATIENCE);
            a.update(pid(2)).block(PATIENCE);
            assertThat(received(watcher)).isEmpty();
            assertThat(watcher.expectTerminalError())
                    .isInstanceOfSatisfying(SubscriberLaggedException.class, lag -> assertThat(lag.missed())
                            .isEqualTo(2));
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.SnapshotEndTest#deliveries")
        void nothingFollowsACancellationAtAnyPoint(Delivery delivery) {
            StatusStorage a = container("a");
            container("b");
            IntStream.rangeClosed(0, 3).forEach(taken -> {
                TestSubscriber<StatusEvent> watcher = watch(store.events(delivery), taken);
                watcher.cancel();
                watcher.request(10);
                a.update(status -> pid(status.pid() + 1).apply(status)).block(PATIENCE);
                assertThat(watcher.getReceivedOnNext()).hasSize(taken);
            });
            assertThat(store.health().subscribers()).isZero();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.SnapshotEndTest#deliveries")
        void isAbsentFromAStreamOfChanges(Delivery delivery) {
            container("a");
            StepVerifier.create(store.changes(delivery).map(StatusChange::id))
                    .expectNext("a")
                    .then(() -> store.close().block(PATIENCE))
                    .verifyComplete();
        }
    }

    @Nested
    class OfAContainer {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.SnapshotEndTest#deliveries")
        void comesAfterTheSnapshot(Delivery delivery) {
            StatusStorage a = container("a");
            TestSubscriber<StatusEvent> watcher = watch(a.events(delivery), 1);
            a.update(pid(1)).block(PATIENCE);
            assertThat(received(watcher)).containsExactly("SNAPSHOT a 1");
            watcher.request(1);
            assertThat(received(watcher)).containsExactly("SNAPSHOT a 1", END);
            watcher.request(10);
            a.delete().block(PATIENCE);
            assertThat(received(watcher)).containsExactly("SNAPSHOT a 1", END, "UPDATED a 2", "DELETED a 3");
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.SnapshotEndTest#deliveries")
        void isEmittedToASubscriberWithUnboundedDemand(Delivery delivery) {
            StatusStorage a = container("a");
            TestSubscriber<StatusEvent> watcher = watch(a.events(delivery), Long.MAX_VALUE);
            a.update(pid(1)).block(PATIENCE);
            assertThat(received(watcher)).containsExactly("SNAPSHOT a 1", END, "UPDATED a 2");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.SnapshotEndTest#deliveries")
        void comesFirstWithoutASnapshot(Delivery delivery) {
            StatusStorage a = container("a");
            TestSubscriber<StatusEvent> watcher = watch(a.events(delivery.changesOnly()), 0);
            a.update(pid(1)).block(PATIENCE);
            watcher.request(10);
            assertThat(received(watcher)).containsExactly(END, "UPDATED a 2");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.SnapshotEndTest#deliveries")
        void comesBeforeTheCompletionOfOneThatIsDeleted(Delivery delivery) {
            StatusStorage a = container("a");
            a.delete().block(PATIENCE);
            TestSubscriber<StatusEvent> watcher = watch(a.events(delivery), 1);
            assertThat(watcher.isTerminated()).isFalse();
            watcher.request(1);
            assertThat(received(watcher)).containsExactly("DELETED a 2", END);
            assertThat(watcher.isTerminatedComplete()).isTrue();
            TestSubscriber<StatusEvent> changesOnly = watch(a.events(delivery.changesOnly()), 1);
            assertThat(received(changesOnly)).containsExactly(END);
            assertThat(changesOnly.isTerminatedComplete()).isTrue();
        }
    }
}
