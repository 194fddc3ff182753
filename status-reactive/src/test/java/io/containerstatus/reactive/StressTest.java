package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.ContainerDeletedException;
import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.PendingUpdatesExceededException;
import io.containerstatus.RevisionConflictException;
import io.containerstatus.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Many threads, containers and kinds of operation on a disk that fails now and then, against a model in a few lines:
 * every update adds one to the pid, so pid and revision of a container tell how many updates it has had, and the callers
 * know how many they were told of. The seed decides what the threads do, though not in which order they get to it.
 */
class StressTest extends StoreTest {
    private static final int THREADS = 6;
    private static final int CONTAINERS = 5;
    private static final int OPERATIONS = 6000;

    private final long seed =
            Long.getLong("status.stress.seed", ThreadLocalRandom.current().nextLong());
    private final Map<StatusStorage, Tally> tallies = new ConcurrentHashMap<>();
    private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();
    private final List<CheckingSubscriber> watchers = new ArrayList<>();
    private final AtomicLong underWay = new AtomicLong();

    /** What the callers of one container know. */
    private static final class Tally {
        final AtomicLong done = new AtomicLong();
        /** Cancelled by its caller: done or not. */
        final AtomicLong unknown = new AtomicLong();
    }

    /** A disk of which every tenth step fails, each way in turn; each answer comes late, and from another thread. */
    private final class FailingCheckpoints extends DelegatingCheckpoints {
        private final Random random = new Random(seed);
        private volatile boolean healthy;

        FailingCheckpoints() {
            super(checkpoints);
        }

        private Publisher<Void> failing(String id, Publisher<Void> step) {
            int fate = healthy ? -1 : nextFate();
            Mono<Void> late = Mono.<Void>empty().publishOn(Schedulers.boundedElastic());
            return switch (fate) {
                case 0 -> late.then(Mono.error(notWritten(id)));
                case 1 -> late.then(Mono.error(indeterminate(id)));
                case 2 -> late.then(Mono.from(step)).then(Mono.error(indeterminate(id)));
                case 3 -> throw new IllegalStateException("thrown");
                case 4, 5, 6 -> step;
                default -> late.then(Mono.from(step));
            };
        }

        private synchronized int nextFate() {
            return random.nextInt(40);
        }

        @Override
        public Publisher<Void> write(String id, Status status) {
            return failing(id, Mono.defer(() -> Mono.from(super.write(id, status))));
        }

        @Override
        public Publisher<Void> delete(String id) {
            return failing(id, Mono.defer(() -> Mono.from(super.delete(id))));
        }
    }

    @Test
    void everyContainerHoldsWhatItsCallersWereTold() throws InterruptedException {
        store.close().block(PATIENCE);
        FailingCheckpoints disk = new FailingCheckpoints();
        store = StatusStore.builder(disk)
                .maxBatch(16)
                .maxPendingUpdates(64)
                .open()
                .block(PATIENCE);
        try {
            watchAll();
            operate();
            disk.healthy = true;
            assertThat(surprises).isEmpty();
            tallies.forEach(StressTest::assertThatItIsAsTold);
            assertThatTheDiskHoldsTheSame();
            assertThatEveryWatcherEndsWithTheSame();
        } catch (AssertionError failed) {
            throw new AssertionError("with -Dstatus.stress.seed=" + seed, failed);
        }
    }

    private void watchAll() {
        List<Delivery> deliveries = List.of(
                Delivery.latest(),
                Delivery.every(Integer.MAX_VALUE),
                Delivery.latest().on(Schedulers.immediate()),
                Delivery.every(Integer.MAX_VALUE).on(Schedulers.immediate()));
        for (Delivery delivery : deliveries) {
            CheckingSubscriber eager = CheckingSubscriber.ofStore(delivery);
            eager.request(Integer.MAX_VALUE);
            store.changes(delivery).subscribe(eager);
            watchers.add(eager);
            CheckingSubscriber slow = CheckingSubscriber.ofStore(delivery);
            store.changes(delivery).subscribe(slow);
            watchers.add(slow);
        }
    }

    private void operate() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(seed + 1 + i);
            threads.add(new Thread(() -> operate(random), "stress-" + i));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join(PATIENCE.toMillis());
            assertThat(thread.isAlive()).isFalse();
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (underWay.get() != 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(underWay).hasValue(0);
    }

    private void operate(Random random) {
        try {
            for (int i = 0; i < OPERATIONS; i++) {
                String id = "c" + random.nextInt(CONTAINERS);
                int kind = random.nextInt(100);
                if (kind < 6) {
                    run(store.create(id, CREATED).doOnNext(this::tally));
                } else if (kind < 8) {
                    run(store.delete(id));
                } else if (kind < 10) {
                    watchers.get(random.nextInt(watchers.size())).request(1 + random.nextInt(3));
                } else {
                    find(id, found -> update(found, kind, random));
                }
                if (i % 50 == 0) {
                    waitForSome(random);
                }
            }
        } catch (RuntimeException | Error e) {
            surprises.add(e);
        }
    }

    /** Once in a while the callers wait, so that lanes get idle, too. */
    private void waitForSome(Random random) {
        find("c" + random.nextInt(CONTAINERS), found -> {
            try {
                found.updateSync(status -> status).block(PATIENCE);
            } catch (RuntimeException e) {
                noteUnlessExpected(e);
            }
        });
    }

    private void find(String id, Consumer<StatusStorage> use) {
        try {
            use.accept(store.find(id));
        } catch (ContainerNotFoundException gone) {
            // Deleted, or not created yet.
        }
    }

    private Tally tally(StatusStorage container) {
        return tallies.computeIfAbsent(container, key -> new Tally());
    }

    private void update(StatusStorage container, int kind, Random random) {
        Tally tally = tally(container);
        Mono<Status> update;
        if (kind < 50) {
            update = container.updateSync(StressTest::count);
        } else if (kind < 60) {
            update = container.updateSync(Math.max(1, container.revision()), StressTest::count);
        } else if (kind < 65) {
            update = container.update(status -> {
                throw new ArithmeticException("expected");
            });
        } else {
            update = container.update(StressTest::count);
        }
        Mono<Status> counted = update.doOnNext(status -> tally.done.incrementAndGet());
        if (kind < 90) {
            run(counted);
        } else {
            Disposable running =
                    counted.onErrorComplete(this::noteUnlessExpected).subscribe();
            // Told of before the cancellation, or of unknown outcome.
            tally.unknown.incrementAndGet();
            running.dispose();
        }
    }

    private static Status count(Status status) {
        return status.toBuilder().pid(status.pid() + 1).build();
    }

    private void run(Mono<?> operation) {
        underWay.incrementAndGet();
        operation
                .doFinally(signal -> underWay.decrementAndGet())
                .onErrorComplete(this::noteUnlessExpected)
                .subscribe();
    }

    private boolean noteUnlessExpected(Throwable failure) {
        boolean expected = failure instanceof NotWrittenException
                || failure instanceof IndeterminateWriteException
                || failure instanceof AlreadyExistsException
                || failure instanceof ContainerDeletedException
                || failure instanceof RevisionConflictException
                || failure instanceof PendingUpdatesExceededException
                || failure instanceof ArithmeticException;
        if (!expected) {
            surprises.add(failure);
        }
        return true;
    }

    private static void assertThatItIsAsTold(StatusStorage container, Tally tally) {
        // Behind all that was cancelled and may still be under way.
        boolean deleted = container
                .updateSync(status -> status)
                .thenReturn(false)
                .onErrorReturn(ContainerDeletedException.class, true)
                .block(PATIENCE);
        long done = tally.done.get();
        assertThat(container.current().pid()).isBetween(done, done + tally.unknown.get());
        assertThat(container.revision()).isEqualTo(container.current().pid() + (deleted ? 2 : 1));
    }

    private void assertThatTheDiskHoldsTheSame() {
        List<StatusStorage> before = store.list();
        for (StatusStorage container : before) {
            assertThat(checkpoints.stored(container.id())).isEqualTo(container.current());
        }
    }

    private void assertThatEveryWatcherEndsWithTheSame() throws InterruptedException {
        List<StatusStorage> last = store.list();
        store.close().block(PATIENCE);
        for (CheckingSubscriber watcher : watchers) {
            watcher.request(Integer.MAX_VALUE);
            assertThat(watcher.awaitEnd()).isTrue();
            assertThat(watcher.faults()).isEmpty();
            assertThat(watcher.known()).hasSameSizeAs(last);
            for (StatusStorage container : last) {
                assertThat(watcher.known().get(container.id()).current()).isEqualTo(container.current());
                assertThat(watcher.known().get(container.id()).revision()).isEqualTo(container.revision());
            }
        }
    }
}
