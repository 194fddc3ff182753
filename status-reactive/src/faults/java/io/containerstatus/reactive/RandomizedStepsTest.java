package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.reactive.ExpectedStates.Life;
import io.containerstatus.test.ManualScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Subscribers that subscribe, stall, request and cancel, for containers that are created and deleted, all on
 * one thread. Disk, signals and slow schedulers continue when the test lets them, in an order that depends on
 * the seed. A seed repeats a round exactly.
 */
@Tag("exhaustive")
class RandomizedStepsTest {
    private static final int STEPS = 400;
    private static final int IDS = 4;

    /**
     * So long that no clock decides when a file follows the journal, because a seed must repeat a round exactly.
     */
    private static final Duration FILES_WITHIN = Duration.ofHours(1);

    @TempDir
    Path folder;

    private final Randomized randomized = new Randomized();

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void everySubscriberReceivesWhatHappened(RandomizedDisk.Kind kind, TestReporter reporter) {
        // Errors of the subscribers that throw. FaultySubscriberTest covers that they are dropped.
        Hooks.onErrorDropped(dropped -> {});
        try {
            randomized.rounds(seed -> new Round(seed, kind).run(), reporter);
        } finally {
            Hooks.resetOnErrorDropped();
        }
    }

    private final class Round {
        private final Random random;
        private final ExpectedStates expectedStates = new ExpectedStates();
        private final ManualScheduler io = new ManualScheduler();
        private final RandomizedDisk disk;
        private final ManualScheduler signals = new ManualScheduler();
        private final ManualScheduler slow = new ManualScheduler();
        private final ManualCommitTimer timer = new ManualCommitTimer();
        private final List<RecordingSubscriber> watchers = new ArrayList<>();
        /** Receives each commit on the committing thread. */
        private final RecordingSubscriber ledger = new RecordingSubscriber(
                null, Delivery.every(Integer.MAX_VALUE).on(Schedulers.immediate()), change -> {});

        private final StatusStore store;
        /** Whether all containers get their last update now, after which no other follows. */
        private boolean syncing;

        Round(long seed, RandomizedDisk.Kind kind) {
            random = new Random(seed);
            timer.waitFor(Duration.ofNanos(10));
            disk = kind.disk(io, folder.resolve("root"), FILES_WITHIN);
            CompletableFuture<StatusStore> opening = StatusStore.builder(disk.checkpoints())
                    .signalScheduler(signals)
                    .laneThreads(0)
                    .commitTimer(timer)
                    .maxBatch(1 + random.nextInt(6))
                    .maxPendingUpdates(4 + random.nextInt(20))
                    .open()
                    .toFuture();
            io.runAll();
            store = Objects.requireNonNull(opening.getNow(null));
        }

        void run() {
            ledger.subscribe(store, expectedStates);
            ledger.request(Long.MAX_VALUE);
            for (int i = 0; i < STEPS; i++) {
                step();
                if (i % 100 == 99) {
                    settle();
                    watchers.forEach(this::assertThatNothingWaits);
                }
            }
            end();
            assertThat(expectedStates.surprises()).isEmpty();
            assertThat(expectedStates.underWay()).isZero();
            disk.verifyAndRemove(expectedStates, store);
            assertThatAllIsRight(ledger);
            watchers.forEach(this::assertThatAllIsRight);
            randomized.count(expectedStates);
        }

        private void step() {
            timer.pass(Duration.ofNanos(random.nextInt(10)));
            int kind = random.nextInt(100);
            if (kind < 5) {
                expectedStates.create(store, "c" + random.nextInt(IDS));
            } else if (kind < 30) {
                operate();
            } else if (kind < 33) {
                disk.failNext();
            } else if (kind < 42) {
                subscribe();
            } else if (kind < 55) {
                visit();
            } else if (kind < 58) {
                timer.ring();
            } else if (kind < 72) {
                runOne(io);
            } else if (kind < 85) {
                runOne(signals);
            } else {
                runOne(slow);
            }
        }

        private @Nullable Life anyLife() {
            List<Life> created = expectedStates.all().stream()
                    .filter(life -> life.container() != null)
                    .toList();
            // Mostly one of the newest, because the others are deleted.
            return created.isEmpty() ? null : created.get(Math.max(0, created.size() - 1 - random.nextInt(IDS)));
        }

        private void operate() {
            Life life = anyLife();
            if (life == null) {
                return;
            }
            StatusStorage container = Objects.requireNonNull(life.container());
            if (random.nextInt(12) == 0) {
                expectedStates.delete(life, container);
            } else {
                ExpectedStates.Way[] ways = ExpectedStates.Way.values();
                if (container.revision() > 0) {
                    expectedStates.update(life, container, ways[random.nextInt(ways.length)]);
                }
            }
        }

        private void subscribe() {
            Life life = random.nextBoolean() ? anyLife() : null;
            RecordingSubscriber[] self = new RecordingSubscriber[1];
            int habit = random.nextInt(12);
            int[] since = new int[1];
            RecordingSubscriber watcher = new RecordingSubscriber(life, delivery(), change -> {
                if (change == null) {
                    assertThatTheCutIsRight(self[0], since[0]);
                } else {
                    answer(self[0], habit);
                }
            });
            self[0] = watcher;
            since[0] = ledger.received.size();
            watcher.subscribe(store, expectedStates);
            watchers.add(watcher);
            if (random.nextBoolean()) {
                watcher.request(demand());
            }
        }

        private Delivery delivery() {
            Delivery delivery = random.nextBoolean() ? Delivery.latest() : Delivery.every(1 + random.nextInt(12));
            List<Scheduler> schedulers = List.of(slow, Schedulers.immediate(), signals);
            Delivery on = delivery.on(schedulers.get(random.nextInt(schedulers.size())));
            return random.nextInt(3) == 0 ? on.changesOnly() : on;
        }

        private long demand() {
            return random.nextInt(5) == 0 ? Long.MAX_VALUE : 1 + random.nextInt(4);
        }

        /** What a watcher does in onNext. */
        private void answer(RecordingSubscriber watcher, int habit) {
            if (habit < 4) {
                watcher.request(1);
            } else if (habit == 4 && random.nextInt(8) == 0) {
                watcher.cancel();
            } else if (habit == 5 && random.nextInt(8) == 0) {
                watcher.left = true;
                throw new IllegalStateException("thrown by a subscriber");
            } else if (habit == 6 && !syncing) {
                operate();
            }
        }

        private void visit() {
            if (!watchers.isEmpty()) {
                RecordingSubscriber watcher = watchers.get(random.nextInt(watchers.size()));
                if (random.nextInt(10) == 0) {
                    watcher.cancel();
                } else {
                    watcher.request(demand());
                }
            }
        }

        /** Runs any one of the waiting tasks. Returns false if there is none. */
        private boolean runOne(ManualScheduler scheduler) {
            int waiting = scheduler.waiting();
            if (waiting > 0) {
                scheduler.run(random.nextInt(waiting));
            }
            return waiting > 0;
        }

        private void settle() {
            boolean moved;
            do {
                moved = runOne(io) | runOne(signals) | runOne(slow) | timer.waiting() > 0;
                timer.ring();
            } while (moved);
        }

        /** How many changes of the watcher's containers there were since its subscription. */
        private long due(RecordingSubscriber watcher, int since) {
            long due = 0;
            for (StatusChange change : ledger.received.subList(since, ledger.received.size())) {
                Life life = expectedStates.of(change.current());
                due += watcher.life == null || watcher.life == life ? 1 : 0;
            }
            return due;
        }

        private void assertThatTheCutIsRight(RecordingSubscriber watcher, int since) {
            long waiting = due(watcher, since) - watcher.changes();
            int maxLag = watcher.delivery.maxLag();
            long missed = Objects.requireNonNull(watcher.lag).missed();
            // The ledger receives a commit last. If a subscriber is cut off while a commit is published, it
            // has missed one more than the ledger counts. If a subscriber has committed inside its own
            // signal, it is cut off only after that signal.
            boolean inline = watcher.delivery.scheduler() == Schedulers.immediate();
            boolean right = missed == waiting || (inline && missed > maxLag && missed <= waiting + 1);
            if (!right || missed <= maxLag) {
                watcher.faults.add("cut off for " + missed + " missed of " + waiting + " at most " + maxLag);
            }
        }

        /**
         * Once everything has run, a subscriber with demand has received everything, and a subscriber without
         * demand lags no more than it may.
         */
        private void assertThatNothingWaits(RecordingSubscriber watcher) {
            if (watcher.isActive() && watcher.demand() > 0) {
                expectedStates.existing(store).forEach((life, revision) -> {
                    if (watcher.life == null || watcher.life == life) {
                        assertThat(lastReceived(watcher, life))
                                .isIn(revision, watcher.delivery.withSnapshot() ? revision : 0L);
                    }
                });
            }
        }

        private long lastReceived(RecordingSubscriber watcher, Life life) {
            return watcher.received.stream()
                    .filter(change -> expectedStates.of(change.current()) == life)
                    .mapToLong(StatusChange::revision)
                    .max()
                    .orElse(0);
        }

        private void end() {
            settle();
            watchers.stream().filter(RecordingSubscriber::isActive).forEach(watcher -> watcher.request(Long.MAX_VALUE));
            settle();
            syncing = true;
            disk.heal();
            expectedStates.syncAll(store);
            settle();
            CompletableFuture<?> closed = store.close().toFuture();
            settle();
            closed.orTimeout(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        }

        private void assertThatAllIsRight(RecordingSubscriber watcher) {
            assertThat(StreamChecker.of(expectedStates, watcher))
                    .as("%s, %s, of %s", watcher.delivery, watcher.life, watcher.received)
                    .isEmpty();
            randomized.count(watcher);
        }
    }
}
