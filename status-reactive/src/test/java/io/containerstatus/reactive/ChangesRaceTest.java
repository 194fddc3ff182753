package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.scheduler.Schedulers;

/** Real threads at the same moment: commits against subscriptions, requests and cancellations. */
@Tag("long")
class ChangesRaceTest extends StoreTest {
    private static final int ROUNDS = 300;
    private static final int UPDATES = 20;

    private final SimultaneousThreads threads = new SimultaneousThreads(3);

    static Stream<Delivery> deliveries() {
        return Stream.of(
                Delivery.latest(),
                Delivery.every(100_000),
                Delivery.latest().on(Schedulers.immediate()),
                Delivery.every(100_000).on(Schedulers.immediate()));
    }

    @BeforeEach
    void openWithTheDefaults() {
        reopen();
    }

    private void reopen() {
        store.close().block(PATIENCE);
        store = StatusStore.builder(checkpoints).open().block(PATIENCE);
    }

    @AfterEach
    void endThreads() {
        threads.end();
    }

    private static void update(StatusStorage container, int times) {
        for (int i = 1; i <= times; i++) {
            container.update(pid(i)).block(PATIENCE);
        }
    }

    private static void assertThatAllWasReceived(CheckingSubscriber watcher) throws InterruptedException {
        assertThat(watcher.awaitEnd()).isTrue();
        assertThat(watcher.faults()).isEmpty();
    }

    @Nested
    class CommitsAgainst {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ChangesRaceTest#deliveries")
        void aSubscription(Delivery delivery) throws Exception {
            for (int round = 0; round < ROUNDS; round++) {
                StatusStorage web = container("web");
                CheckingSubscriber watcher = CheckingSubscriber.ofContainer(delivery);
                watcher.request(1000);
                threads.run(
                        () -> {
                            update(web, UPDATES);
                            web.delete().block(PATIENCE);
                        },
                        () -> web.changes(delivery).subscribe(watcher));
                assertThatAllWasReceived(watcher);
                assertThat(watcher.last().kind()).isEqualTo(StatusChange.Kind.DELETED);
                assertThat(watcher.last().revision()).isEqualTo(UPDATES + 2);
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ChangesRaceTest#deliveries")
        void requestsOfOne(Delivery delivery) throws Exception {
            for (int round = 0; round < ROUNDS; round++) {
                StatusStorage web = container("web");
                CheckingSubscriber watcher = CheckingSubscriber.ofContainer(delivery);
                web.changes(delivery).subscribe(watcher);
                threads.run(
                        () -> {
                            update(web, UPDATES);
                            web.delete().block(PATIENCE);
                        },
                        () -> {
                            for (int i = 0; i < UPDATES + 2; i++) {
                                watcher.request(1);
                            }
                        });
                assertThatAllWasReceived(watcher);
                assertThat(watcher.last().kind()).isEqualTo(StatusChange.Kind.DELETED);
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ChangesRaceTest#deliveries")
        void cancellation(Delivery delivery) throws Exception {
            for (int round = 0; round < ROUNDS; round++) {
                StatusStorage web = container("web");
                CheckingSubscriber first = CheckingSubscriber.ofContainer(delivery);
                CheckingSubscriber second = CheckingSubscriber.ofContainer(delivery);
                first.request(1000);
                second.request(1000);
                threads.run(
                        () -> update(web, UPDATES),
                        () -> {
                            web.changes(delivery).subscribe(first);
                            first.cancel();
                        },
                        () -> {
                            web.changes(delivery).subscribe(second);
                            second.cancel();
                        });
                assertThat(first.faults()).isEmpty();
                assertThat(second.faults()).isEmpty();
                assertThat(((ContainerLane) web).subscribers().isEmpty()).isTrue();
                web.delete().block(PATIENCE);
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ChangesRaceTest#deliveries")
        void subscriptionsToTheWholeStore(Delivery delivery) throws Exception {
            List<CheckingSubscriber> watchers = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                CheckingSubscriber watcher = CheckingSubscriber.ofStore(delivery);
                watcher.request(1_000_000);
                String id = "c" + round % 3;
                String other = "d" + round % 2;
                threads.run(
                        () -> {
                            StatusStorage container = container(id);
                            update(container, 5);
                            container.delete().block(PATIENCE);
                            update(container(id), 3);
                        },
                        () -> {
                            container(other).delete().block(PATIENCE);
                            container(other).delete().block(PATIENCE);
                        },
                        () -> store.changes(delivery).subscribe(watcher));
                store.delete(id).block(PATIENCE);
                watchers.add(watcher);
                if (round % 10 != 0) {
                    watcher.cancel();
                    assertThat(watcher.faults()).isEmpty();
                }
            }
            StatusStorage last = container("last");
            store.close().block(PATIENCE);
            for (int round = 0; round < ROUNDS; round += 10) {
                assertThatAllWasReceived(watchers.get(round));
                assertThat(watchers.get(round).known()).containsOnlyKeys(last.id());
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ChangesRaceTest#deliveries")
        void aSubscriptionDuringTheDeletion(Delivery delivery) throws Exception {
            for (int round = 0; round < ROUNDS; round++) {
                StatusStorage web = container("web");
                CheckingSubscriber watcher = CheckingSubscriber.ofContainer(delivery);
                watcher.request(1000);
                threads.run(() -> web.delete().block(PATIENCE), () -> web.changes(delivery)
                        .subscribe(watcher));
                assertThatAllWasReceived(watcher);
                assertThat(watcher.last().kind()).isEqualTo(StatusChange.Kind.DELETED);
                assertThat(watcher.received()).isBetween(1L, 2L);
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ChangesRaceTest#deliveries")
        void subscriptionsToAStoreThatIsBeingEmptied(Delivery delivery) throws Exception {
            for (int i = 0; i < 500; i++) {
                container("c" + i);
            }
            List<StatusStorage> all = store.list();
            List<CheckingSubscriber> watchers = new ArrayList<>();
            threads.run(() -> all.forEach(one -> one.delete().block(PATIENCE)), () -> {
                while (watchers.size() < 20) {
                    CheckingSubscriber watcher = CheckingSubscriber.ofStore(delivery);
                    watcher.request(1_000_000);
                    store.changes(delivery).subscribe(watcher);
                    watchers.add(watcher);
                }
            });
            container("last");
            store.close().block(PATIENCE);
            for (CheckingSubscriber watcher : watchers) {
                assertThatAllWasReceived(watcher);
                assertThat(watcher.known()).containsOnlyKeys("last");
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ChangesRaceTest#deliveries")
        void requestsWhileContainersComeAndGo(Delivery delivery) throws Exception {
            CheckingSubscriber watcher = CheckingSubscriber.ofStore(delivery);
            store.changes(delivery).subscribe(watcher);
            AtomicBoolean ended = new AtomicBoolean();
            threads.run(
                    () -> {
                        comeAndGo("a");
                        ended.set(true);
                    },
                    () -> comeAndGo("b"),
                    () -> {
                        while (!ended.get()) {
                            watcher.request(1);
                            Thread.yield();
                        }
                    });
            StatusStorage last = container("last");
            store.close().block(PATIENCE);
            watcher.request(1_000_000);
            assertThatAllWasReceived(watcher);
            assertThat(watcher.known()).containsOnlyKeys(last.id());
        }

        private void comeAndGo(String id) {
            for (int i = 0; i < 10_000; i++) {
                StatusStorage container = store.create(id + i % 7, CREATED).block(PATIENCE);
                if (i % 3 == 0) {
                    container.update(pid(i)).block(PATIENCE);
                }
                container.delete().block(PATIENCE);
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ChangesRaceTest#deliveries")
        void theEndOfTheStore(Delivery delivery) throws Exception {
            for (int round = 0; round < ROUNDS / 3; round++) {
                store.close().block(PATIENCE);
                store = StatusStore.builder(checkpoints).open().block(PATIENCE);
                store.delete("web").block(PATIENCE);
                StatusStorage web = container("web");
                CheckingSubscriber watcher = CheckingSubscriber.ofStore(delivery);
                watcher.request(1000);
                store.changes(delivery).subscribe(watcher);
                threads.run(
                        () -> {
                            for (int i = 1; i <= UPDATES; i++) {
                                web.update(pid(i)).onErrorComplete().block(PATIENCE);
                            }
                            web.delete().onErrorComplete().block(PATIENCE);
                        },
                        () -> store.close().block(PATIENCE));
                assertThatAllWasReceived(watcher);
                // If the container was deleted before its snapshot, a watcher of the latest receives nothing.
                if (watcher.last() != null) {
                    assertThat(watcher.last().revision()).isEqualTo(web.revision());
                }
                assertThat(watcher.known()).hasSameSizeAs(store.list());
            }
        }
    }
}
