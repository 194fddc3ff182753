package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.reactive.Lives.Life;
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
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Subscribers that come, stall, ask and go, over containers that come and go, all on one thread: disk, signals and
 * slow schedulers move when the test lets them, in an order that the seed decides. A seed repeats a round exactly.
 */
class RandomizedStepsTest {
    private static final int STEPS = 400;
    private static final int IDS = 4;

    /** So long that no clock decides when a file follows the journal: a seed repeats a round exactly. */
    private static final Duration FILES_WITHIN = Duration.ofHours(1);

    @TempDir
    Path folder;

    private final Randomized randomized = new Randomized();

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void everySubscriberIsToldWhatHappened(RandomizedDisk.Kind kind, TestReporter reporter) {
        // Of those that throw; that they are dropped is for FaultySubscriberTest to see.
        Hooks.onErrorDropped(dropped -> {});
        try {
            randomized.rounds(seed -> new Round(seed, kind).run(), reporter);
        } finally {
            Hooks.resetOnErrorDropped();
        }
    }

    private final class Round {
        private final Random random;
        private final Lives lives = new Lives();
        private final ManualScheduler io = new ManualScheduler();
        private final RandomizedDisk disk;
        private final ManualScheduler signals = new ManualScheduler();
        private final ManualScheduler slow = new ManualScheduler();
        private final ManualTimer timer = new ManualTimer();
        private final List<Watcher> watchers = new ArrayList<>();
        /** Told of each commit when it is made. */
        private final Watcher ledger =
                new Watcher(null, Delivery.every(Integer.MAX_VALUE).on(Schedulers.immediate()), change -> {});

        private final StatusStore store;
        /** Whether all containers get their last update, after which there is none. */
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
            ledger.subscribe(store, lives);
            ledger.request(Long.MAX_VALUE);
            for (int i = 0; i < STEPS; i++) {
                step();
                if (i % 100 == 99) {
                    settle();
                    watchers.forEach(this::assertThatNothingWaits);
                }
            }
            end();
            assertThat(lives.surprises()).isEmpty();
            assertThat(lives.underWay()).isZero();
            disk.verifyAndRemove(lives, store);
            assertThatAllIsRight(ledger);
            watchers.forEach(this::assertThatAllIsRight);
            randomized.count(lives);
        }

        private void step() {
            timer.pass(Duration.ofNanos(random.nextInt(10)));
            int kind = random.nextInt(100);
            if (kind < 5) {
                lives.create(store, "c" + random.nextInt(IDS));
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
            List<Life> told = lives.all().stream()
                    .filter(life -> life.container() != null)
                    .toList();
            // Mostly one of the newest: the others are gone.
            return told.isEmpty() ? null : told.get(Math.max(0, told.size() - 1 - random.nextInt(IDS)));
        }

        private void operate() {
            Life life = anyLife();
            if (life == null) {
                return;
            }
            StatusStorage container = Objects.requireNonNull(life.container());
            if (random.nextInt(12) == 0) {
                lives.delete(life, container);
            } else {
                Lives.Way[] ways = Lives.Way.values();
                if (container.revision() > 0) {
                    lives.update(life, container, ways[random.nextInt(ways.length)]);
                }
            }
        }

        private void subscribe() {
            Life life = random.nextBoolean() ? anyLife() : null;
            Watcher[] self = new Watcher[1];
            int habit = random.nextInt(12);
            int[] since = new int[1];
            Watcher watcher = new Watcher(life, delivery(), change -> {
                if (change == null) {
                    assertThatTheCutIsRight(self[0], since[0]);
                } else {
                    answer(self[0], habit);
                }
            });
            self[0] = watcher;
            since[0] = ledger.told.size();
            watcher.subscribe(store, lives);
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
        private void answer(Watcher watcher, int habit) {
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
                Watcher watcher = watchers.get(random.nextInt(watchers.size()));
                if (random.nextInt(10) == 0) {
                    watcher.cancel();
                } else {
                    watcher.request(demand());
                }
            }
        }

        /** Runs one task that waits, whichever; returns false if there is none. */
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

        /** How many changes there were for a watcher since its subscription. */
        private long due(Watcher watcher, int since) {
            long due = 0;
            for (StatusChange change : ledger.told.subList(since, ledger.told.size())) {
                Life life = lives.of(change.current());
                due += watcher.life == null || watcher.life == life ? 1 : 0;
            }
            return due;
        }

        private void assertThatTheCutIsRight(Watcher watcher, int since) {
            long waiting = due(watcher, since) - watcher.changes();
            int maxLag = watcher.delivery.maxLag();
            long missed = Objects.requireNonNull(watcher.lag).missed();
            // The ledger hears of a commit last. A subscriber that is cut off while a commit is published has missed
            // one more than the ledger counts. One that made commits inside its own signal is cut off only after it.
            boolean inline = watcher.delivery.scheduler() == Schedulers.immediate();
            boolean right = missed == waiting || (inline && missed > maxLag && missed <= waiting + 1);
            if (!right || missed <= maxLag) {
                watcher.faults.add("cut off for " + missed + " missed of " + waiting + " at most " + maxLag);
            }
        }

        /** Once everything has run: who still has demand was told all, who has none lags no more than it may. */
        private void assertThatNothingWaits(Watcher watcher) {
            if (watcher.isActive() && watcher.demand() > 0) {
                lives.standing(store).forEach((life, revision) -> {
                    if (watcher.life == null || watcher.life == life) {
                        assertThat(lastTold(watcher, life))
                                .isIn(revision, watcher.delivery.withSnapshot() ? revision : 0L);
                    }
                });
            }
        }

        private long lastTold(Watcher watcher, Life life) {
            return watcher.told.stream()
                    .filter(change -> lives.of(change.current()) == life)
                    .mapToLong(StatusChange::revision)
                    .max()
                    .orElse(0);
        }

        private void end() {
            settle();
            watchers.stream().filter(Watcher::isActive).forEach(watcher -> watcher.request(Long.MAX_VALUE));
            settle();
            syncing = true;
            disk.heal();
            lives.syncAll(store);
            settle();
            CompletableFuture<?> closed = store.close().toFuture();
            settle();
            closed.orTimeout(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        }

        private void assertThatAllIsRight(Watcher watcher) {
            assertThat(Verdict.of(lives, watcher))
                    .as("%s, %s, of %s", watcher.delivery, watcher.life, watcher.told)
                    .isEmpty();
            randomized.count(watcher);
        }
    }
}
