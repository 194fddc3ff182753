package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.reactive.ExpectedStates.Life;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The same as {@link RandomizedStepsTest} on real threads: one for each container, and several for
 * subscribers. The seed determines what each thread does, but not their order.
 */
@Tag("long")
class RandomizedThreadsTest {
    private static final int IDS = 3;
    private static final int WATCHING = 3;
    private static final int OPERATIONS = 400;
    private static final int VISITS = 60;

    private static final Duration FILES_WITHIN = Duration.ofMillis(5);
    /** The number of operations of a container after which a write of the journal fails. */
    private static final int UNTIL_A_FAILURE = 50;

    @TempDir
    Path folder;

    private final Randomized randomized = new Randomized();

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void everySubscriberReceivesWhatHappened(RandomizedDisk.Kind kind, TestReporter reporter) {
        randomized.rounds(
                seed -> {
                    try {
                        new Round(seed, kind).run();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                reporter);
    }

    private final class Round {
        private final long seed;
        private final ExpectedStates expectedStates = new ExpectedStates();
        private final RandomizedDisk.Kind kind;
        private final RandomizedDisk disk;
        private final StatusStore store;

        Round(long seed, RandomizedDisk.Kind kind) {
            this.seed = seed;
            this.kind = kind;
            disk = kind.disk(Schedulers.boundedElastic(), folder.resolve("root"), FILES_WITHIN);
            store = Objects.requireNonNull(StatusStore.builder(disk.checkpoints())
                    .maxBatch(8)
                    .maxPendingUpdates(64)
                    .open()
                    .block(StoreTest.PATIENCE));
        }

        void run() throws Exception {
            ExecutorService threads = Executors.newCachedThreadPool();
            List<Future<?>> updating = new ArrayList<>();
            List<Future<List<RecordingSubscriber>>> watching = new ArrayList<>();
            for (int i = 0; i < IDS; i++) {
                String id = "c" + i;
                Random random = new Random(seed + i);
                updating.add(threads.submit(() -> operate(id, random)));
            }
            for (int i = 0; i < WATCHING; i++) {
                Random random = new Random(seed + IDS + i);
                watching.add(threads.submit(() -> watch(random)));
            }
            threads.shutdown();
            for (Future<?> one : updating) {
                one.get(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            List<RecordingSubscriber> watchers = new ArrayList<>();
            for (Future<List<RecordingSubscriber>> one : watching) {
                watchers.addAll(one.get(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            }
            end(watchers);
        }

        private void end(List<RecordingSubscriber> watchers) throws InterruptedException {
            watchers.stream().filter(RecordingSubscriber::isActive).forEach(watcher -> watcher.request(Long.MAX_VALUE));
            awaitAllOperations();
            disk.heal();
            expectedStates.syncAll(store);
            store.close().block(StoreTest.PATIENCE);
            // Accepted operations have ended by then, but the results of the last ones may come a moment later.
            awaitAllOperations();
            for (RecordingSubscriber watcher : watchers) {
                assertThat(watcher.left || watcher.awaitEnd()).isTrue();
            }
            assertThat(expectedStates.surprises()).isEmpty();
            disk.verifyAndRemove(expectedStates, store);
            watchers.forEach(this::assertThatAllIsRight);
            assertThat(((CheckpointStore) store).subscribers().isEmpty()).isTrue();
            randomized.count(expectedStates);
        }

        private void awaitAllOperations() {
            Awaitility.await().atMost(StoreTest.PATIENCE).until(() -> expectedStates.underWay() == 0);
        }

        private void operate(String id, Random random) {
            Life life = null;
            for (int i = 0; i < OPERATIONS; i++) {
                if (kind == RandomizedDisk.Kind.FILES_BEHIND_A_JOURNAL && i % UNTIL_A_FAILURE == 0) {
                    disk.failNext();
                }
                StatusStorage container = life == null ? null : life.container();
                if (container == null || random.nextInt(40) == 0) {
                    life = createAndWait(id);
                } else if (random.nextInt(30) == 0) {
                    expectedStates.delete(life, container);
                } else {
                    ExpectedStates.Way[] ways = ExpectedStates.Way.values();
                    expectedStates.update(life, container, ways[random.nextInt(ways.length)]);
                }
            }
        }

        /**
         * Returns the life that exists: the new one, or the one that was there already; null if none was ever created.
         */
        private @Nullable Life createAndWait(String id) {
            CountDownLatch ended = new CountDownLatch(1);
            expectedStates.create(store, id, ended::countDown);
            try {
                assertThat(ended.await(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return expectedStates.all().stream()
                    .filter(life -> life.id().equals(id) && life.container() != null)
                    .reduce((earlier, later) -> later)
                    .orElse(null);
        }

        private @Nullable Life anyLife(Random random) {
            List<Life> created = expectedStates.all().stream()
                    .filter(life -> life.container() != null)
                    .toList();
            return created.isEmpty() ? null : created.get(Math.max(0, created.size() - 1 - random.nextInt(IDS)));
        }

        private List<RecordingSubscriber> watch(Random random) {
            List<RecordingSubscriber> watchers = new ArrayList<>();
            for (int i = 0; i < VISITS; i++) {
                if (watchers.isEmpty() || random.nextInt(3) == 0) {
                    watchers.add(subscribe(random));
                } else {
                    RecordingSubscriber watcher = watchers.get(random.nextInt(watchers.size()));
                    if (random.nextInt(10) == 0) {
                        watcher.cancel();
                    } else {
                        watcher.request(random.nextInt(4) == 0 ? Long.MAX_VALUE : 1 + random.nextInt(4));
                    }
                }
            }
            return watchers;
        }

        private RecordingSubscriber subscribe(Random random) {
            Delivery delivery = random.nextBoolean() ? Delivery.latest() : Delivery.every(1 + random.nextInt(60));
            List<Scheduler> schedulers = List.of(Schedulers.parallel(), Schedulers.immediate());
            int where = random.nextInt(3);
            delivery = where < 2 ? delivery.on(schedulers.get(where)) : delivery;
            delivery = random.nextInt(3) == 0 ? delivery.changesOnly() : delivery;
            RecordingSubscriber[] self = new RecordingSubscriber[1];
            boolean asks = random.nextBoolean();
            Consumer<@Nullable StatusChange> answer = change -> {
                if (asks && change != null) {
                    self[0].request(1);
                }
            };
            RecordingSubscriber watcher =
                    new RecordingSubscriber(random.nextBoolean() ? anyLife(random) : null, delivery, answer);
            self[0] = watcher;
            watcher.subscribe(store, expectedStates);
            watcher.request(1 + random.nextInt(3));
            return watcher;
        }

        private void assertThatAllIsRight(RecordingSubscriber watcher) {
            assertThat(StreamChecker.of(expectedStates, watcher))
                    .as("%s, %s, of %s", watcher.delivery, watcher.life, watcher.received)
                    .isEmpty();
            randomized.count(watcher);
        }
    }
}
