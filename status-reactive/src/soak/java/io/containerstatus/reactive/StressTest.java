package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

/**
 * Many threads, containers and kinds of operation on a disk that fails now and then, in one store after the
 * other. Every second store is closed while they work. The results are checked against a
 * {@link StressModel model} of a few lines. The seed determines what the threads do and how the disk fails,
 * but not the order of the threads.
 */
@Tag("long")
class StressTest {
    private static final Duration PATIENCE = StoreTest.PATIENCE;
    private static final int STORES = 4;

    private final long seed =
            Long.getLong("status.stress.seed", ThreadLocalRandom.current().nextLong());

    @TempDir
    Path root;

    @Test
    void everyContainerHoldsAllReportedUpdates() throws InterruptedException {
        InMemoryCheckpoints disk = new InMemoryCheckpoints();
        stress(seed, 1500, () -> disk);
        assertThat(disk.violations()).isEmpty();
    }

    @Test
    void everyFileHoldsAllReportedUpdates() throws InterruptedException {
        stress(seed, 400, () -> FileCheckpoints.at(root));
    }

    /** The next store reads what the previous one has left in the files, or in the journal. */
    @Test
    void everyFileBehindAJournalHoldsAllReportedUpdates() throws InterruptedException {
        stress(seed, 400, this::journaled);
    }

    private StatusCheckpoints journaled() {
        return FileCheckpoints.builder(root)
                .journaled()
                .segmentSize(32 << 10)
                .filesWithin(Duration.ofMillis(20))
                .build();
    }

    /** Runs for {@code -Dstatus.stress.seconds}, each time with the next seed. */
    @Test
    @Tag("soak")
    void itAllHoldsForAsLongAsYouLike() throws InterruptedException {
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("status.stress.seconds", 60)).toNanos();
        long next = seed;
        while (System.nanoTime() - end < 0) {
            InMemoryCheckpoints disk = new InMemoryCheckpoints();
            stress(next, 1500, () -> disk);
            assertThat(disk.violations()).isEmpty();
            Path fresh = root.resolve(Long.toHexString(next));
            stress(next, 400, () -> FileCheckpoints.at(fresh));
            next++;
        }
        System.out.println("seeds " + seed + " to " + (next - 1));
    }

    private static void stress(long seed, int operations, Supplier<StatusCheckpoints> disk)
            throws InterruptedException {
        StressModel model = new StressModel();
        Random random = new Random(seed);
        try {
            for (int i = 0; i < STORES; i++) {
                int closeAt = i % 2 == 0 ? Integer.MAX_VALUE : random.nextInt(operations);
                oneStore(random.nextLong(), operations, closeAt, disk.get(), model);
            }
            StatusStore last = StatusStore.builder(disk.get()).open().block(PATIENCE);
            model.checkDisk(last.list());
            last.close().block(PATIENCE);
        } catch (AssertionError | RuntimeException failed) {
            throw new AssertionError("with -Dstatus.stress.seed=" + seed, failed);
        }
    }

    private static void oneStore(long seed, int operations, int closeAt, StatusCheckpoints disk, StressModel model)
            throws InterruptedException {
        RandomlyFailingCheckpoints failing = new RandomlyFailingCheckpoints(disk, seed);
        StatusStore store = Objects.requireNonNull(StatusStore.builder(failing)
                .maxBatch(16)
                .maxPendingUpdates(64)
                .commitTimer(new HastyTimer())
                .open()
                .block(PATIENCE));
        model.checkDisk(store.list());
        List<CheckingSubscriber> watchers = watchers(store);
        StressCallers callers =
                new StressCallers(store, model, draw -> watchers.get(Math.floorMod(draw, watchers.size()))
                        .request(1 + Math.floorMod(draw, 3)));
        Queue<Throwable> surprises = callers.run(seed, operations, closeAt);
        if (closeAt > operations) {
            failing.heal();
            store.list().forEach(one -> one.updateSync(status -> status).block(PATIENCE));
            model.allSynced();
        }
        store.close().block(PATIENCE);
        assertThat(surprises).isEmpty();
        model.checkMemory(store.list());
        for (CheckingSubscriber watcher : watchers) {
            assertThatItEndsWith(store.list(), watcher);
        }
    }

    /** A timer with which a delay follows the writes of a disk in memory, too. */
    private static final class HastyTimer extends CommitTimer {
        @Override
        Duration patience() {
            return Duration.ofNanos(1000);
        }
    }

    private static List<CheckingSubscriber> watchers(StatusStore store) {
        List<Delivery> deliveries = List.of(
                Delivery.latest(),
                Delivery.every(Integer.MAX_VALUE),
                Delivery.latest().on(Schedulers.immediate()),
                Delivery.every(Integer.MAX_VALUE).on(Schedulers.immediate()));
        List<CheckingSubscriber> watchers = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            CheckingSubscriber eager = CheckingSubscriber.ofStore(delivery);
            eager.request(Integer.MAX_VALUE);
            store.changes(delivery).subscribe(eager);
            watchers.add(eager);
            CheckingSubscriber slow = CheckingSubscriber.ofStore(delivery);
            store.changes(delivery).subscribe(slow);
            watchers.add(slow);
        }
        return watchers;
    }

    private static void assertThatItEndsWith(List<StatusStorage> last, CheckingSubscriber watcher)
            throws InterruptedException {
        watcher.request(Integer.MAX_VALUE);
        assertThat(watcher.awaitEnd()).isTrue();
        assertThat(watcher.faults()).isEmpty();
        assertThat(watcher.known()).hasSameSizeAs(last);
        for (StatusStorage container : last) {
            StatusChange change = watcher.known().get(container.id());
            assertThat(change.current()).isEqualTo(container.current());
            assertThat(change.revision()).isEqualTo(container.revision());
        }
    }
}
