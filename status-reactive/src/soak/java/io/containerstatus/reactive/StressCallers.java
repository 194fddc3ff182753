package io.containerstatus.reactive;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.ContainerDeletedException;
import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.PendingUpdatesExceededException;
import io.containerstatus.RevisionConflictException;
import io.containerstatus.Status;
import io.containerstatus.StoreClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.awaitility.Awaitility;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Threads that use one store as the seed determines, and report their results to the model. */
final class StressCallers {
    private static final Duration PATIENCE = StoreTest.PATIENCE;
    private static final int THREADS = 6;
    private static final int CONTAINERS = 5;
    private static final int LONGEST_TIMEOUT_MICROS = 500;
    /** Often enough that most operations are not refused because too many wait already. */
    private static final int WAIT_EVERY = 8;

    private final StatusStore store;
    private final StressModel model;
    private final IntConsumer watch;
    private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();
    private final AtomicLong underWay = new AtomicLong();
    /** Receives the failures that arrive after their subscriber has cancelled. */
    private final Consumer<Throwable> dropped = this::noteUnlessExpected;

    private volatile boolean closing;

    /** Uses this store. Calls {@code watch} with a number now and then, so that some subscriber requests more. */
    StressCallers(StatusStore store, StressModel model, IntConsumer watch) {
        this.store = store;
        this.model = model;
        this.watch = watch;
    }

    /**
     * Runs all threads to their end. Returns every unexpected failure.
     *
     * @param operations how many each thread begins
     * @param closeAt the number of the operation at which the first thread closes the store; larger than all
     *     of them for never
     */
    Queue<Throwable> run(long seed, int operations, int closeAt) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(seed + 1 + i);
            int end = i == 0 ? closeAt : Integer.MAX_VALUE;
            threads.add(new Thread(() -> operate(random, operations, end), "stress-" + i));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        Awaitility.await().atMost(PATIENCE).until(() -> underWay.get() == 0);
        return surprises;
    }

    private void operate(Random random, int operations, int closeAt) {
        try {
            for (int i = 0; i < operations; i++) {
                if (i == closeAt) {
                    closing = true;
                    run(store.close());
                }
                operate(random);
                if (i % WAIT_EVERY == 0) {
                    waitForSome(random);
                }
            }
        } catch (RuntimeException | Error e) {
            surprises.add(e);
        }
    }

    private void operate(Random random) {
        String id = "c" + random.nextInt(CONTAINERS);
        int kind = random.nextInt(100);
        if (kind < 6) {
            create(id);
        } else if (kind < 8) {
            delete(id);
        } else if (kind < 10) {
            watch.accept(random.nextInt());
        } else {
            find(id, found -> update(found, model.of(found.current()), kind, random));
        }
    }

    private void create(String id) {
        StressModel.Life life = model.next(id);
        run(store.create(id, life.first()).doOnNext(life::created));
    }

    private void delete(String id) {
        run(Mono.defer(() -> {
            List<StressModel.Life> gone = model.deletionBegins(id);
            return store.delete(id)
                    .doOnSuccess(nothing -> model.deleted(gone))
                    .doOnTerminate(() -> model.noteDeletion(id));
        }));
    }

    private void update(StatusStorage container, StressModel.Life life, int kind, Random random) {
        if (kind < 40) {
            run(reporting(container.updateSync(life::count).doOnNext(life::reportedDurable), life, false));
        } else if (kind < 50) {
            long expected = Math.max(1, container.revision());
            run(reporting(container.updateSync(expected, life::count).doOnNext(life::reportedDurable), life, false));
        } else if (kind < 55) {
            run(container.update(status -> {
                throw new ArithmeticException("expected");
            }));
        } else if (kind < 80) {
            run(reporting(container.update(life::count), life, false));
        } else {
            updateAndLeave(container, life, kind % 2 == 0, random);
        }
    }

    /**
     * Begins an update without waiting for its outcome: the caller cancels at once, or gives up after a moment.
     */
    private void updateAndLeave(StatusStorage container, StressModel.Life life, boolean cancels, Random random) {
        life.begunUncertain();
        Mono<Status> update = random.nextBoolean()
                ? container.updateSync(life::count).doOnNext(life::reportedDurable)
                : container.update(life::count);
        Mono<Status> reported = reporting(update, life, true)
                .contextWrite(context -> context.put("reactor.onErrorDropped.local", dropped));
        if (cancels) {
            Disposable running =
                    reported.onErrorComplete(this::noteUnlessExpected).subscribe();
            running.dispose();
        } else {
            run(reported.timeout(Duration.ofNanos(1000L * random.nextInt(LONGEST_TIMEOUT_MICROS)))
                    .contextWrite(context -> context.put("reactor.onErrorDropped.local", dropped)));
        }
    }

    private static Mono<Status> reporting(Mono<Status> update, StressModel.Life life, boolean uncertain) {
        return update.doOnNext(status -> life.reported(uncertain));
    }

    /** Now and then the callers wait, so that lanes become idle, too. */
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
                || failure instanceof ArithmeticException
                || failure instanceof TimeoutException
                || (closing && failure instanceof StoreClosedException);
        if (!expected) {
            surprises.add(failure);
        }
        return true;
    }
}
