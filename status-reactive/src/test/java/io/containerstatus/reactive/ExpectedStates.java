package io.containerstatus.reactive;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.ContainerDeletedException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.PendingUpdatesExceededException;
import io.containerstatus.RevisionConflictException;
import io.containerstatus.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What a run of random operations must have done to its containers. It is derived only from the submitted
 * operations, their order, and the result of each. Every update sets a pid of its own, so a status shows
 * which commit it belongs to.
 */
final class ExpectedStates {
    private final AtomicLong pids = new AtomicLong();
    private final List<Life> all = new CopyOnWriteArrayList<>();
    private final Map<Long, Life> byPid = new ConcurrentHashMap<>();
    private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();
    private final AtomicLong underWay = new AtomicLong();

    /** An operation that results in a commit if it succeeds. */
    private static final class Step {
        private final long pid;
        private final boolean deletes;
        private volatile boolean done;

        Step(long pid, boolean deletes) {
            this.pid = pid;
            this.deletes = deletes;
        }
    }

    /** One container from its creation to its deletion. A second container of the same id is another life. */
    static final class Life {
        private final String id;
        private final int number;
        private final Queue<Step> steps = new ConcurrentLinkedQueue<>();
        private volatile @Nullable StatusStorage container;
        private volatile boolean uncertain;

        private Life(String id, int number) {
            this.id = id;
            this.number = number;
        }

        String id() {
            return id;
        }

        /** How many lives were begun before this one. */
        int number() {
            return number;
        }

        /** The container, once its creation was reported; null before. */
        @Nullable
        StatusStorage container() {
            return container;
        }

        /** The pids of this life, in the order of its revisions. Empty if its creation failed. */
        List<Long> commits() {
            List<Long> commits = new ArrayList<>();
            for (Step step : steps) {
                if (step.done && step.deletes) {
                    break;
                }
                if (step.done) {
                    commits.add(step.pid);
                }
            }
            return commits;
        }

        /**
         * Whether a write of it had an uncertain outcome. Afterwards, nothing of it is durable until the next write.
         */
        boolean wasUncertain() {
            return uncertain;
        }

        boolean isDeleted() {
            return steps.stream().anyMatch(step -> step.done && step.deletes);
        }

        @Override
        public String toString() {
            return id + "#" + number;
        }
    }

    int count() {
        return all.size();
    }

    List<Life> all() {
        return all;
    }

    /** The life to which the status belongs; null if there is none. */
    @Nullable
    Life of(Status status) {
        return byPid.get(status.pid());
    }

    /** The lives that exist now, with their revisions. */
    Map<Life, Long> existing(StatusStore store) {
        Map<Life, Long> existing = new HashMap<>();
        for (StatusStorage container : store.list()) {
            Life life = of(container.current());
            if (life == null) {
                surprises.add(new AssertionError("nobody has set " + container.current()));
            } else {
                existing.put(life, container.revision());
            }
        }
        return existing;
    }

    void create(StatusStore store, String id) {
        create(store, id, () -> {});
    }

    /** Submits a creation. For each id, only one thread may submit operations. */
    void create(StatusStore store, String id, Runnable atTheEnd) {
        Life life = newLife(id);
        Step step = step(life, /* deletes= */ false);
        Status first = StoreTest.CREATED.toBuilder().pid(step.pid).build();
        Mono<StatusStorage> creation = store.create(id, first).doOnNext(container -> life.container = container);
        run(creation.doAfterTerminate(atTheEnd), step);
    }

    private synchronized Life newLife(String id) {
        Life life = new Life(id, all.size());
        all.add(life);
        return life;
    }

    enum Way {
        IN_MEMORY,
        SYNCED,
        AT_THIS_REVISION
    }

    void update(Life life, StatusStorage container, Way way) {
        Step step = step(life, /* deletes= */ false);
        run(
                switch (way) {
                    case IN_MEMORY -> container.update(StoreTest.pid(step.pid));
                    case SYNCED -> container.updateSync(StoreTest.pid(step.pid));
                    case AT_THIS_REVISION -> container.updateSync(container.revision(), StoreTest.pid(step.pid));
                },
                step);
    }

    /** Updates all existing containers durably. Called only once every creation was reported. */
    void syncAll(StatusStore store) {
        existing(store).keySet().forEach(life -> update(life, Objects.requireNonNull(life.container()), Way.SYNCED));
    }

    void delete(Life life, StatusStorage container) {
        run(container.delete(), step(life, /* deletes= */ true));
    }

    private Step step(Life life, boolean deletes) {
        Step step = new Step(pids.incrementAndGet(), deletes);
        byPid.put(step.pid, life);
        life.steps.add(step);
        return step;
    }

    private void run(Mono<?> operation, Step step) {
        underWay.incrementAndGet();
        operation.subscribe(
                value -> {},
                failure -> {
                    if (failure instanceof IndeterminateWriteException) {
                        byPid.get(step.pid).uncertain = true;
                    } else if (!isExpected(failure)) {
                        surprises.add(failure);
                    }
                    underWay.decrementAndGet();
                },
                () -> {
                    step.done = true;
                    underWay.decrementAndGet();
                });
    }

    private static boolean isExpected(Throwable failure) {
        return failure instanceof NotWrittenException
                || failure instanceof AlreadyExistsException
                || failure instanceof ContainerDeletedException
                || failure instanceof RevisionConflictException
                || failure instanceof PendingUpdatesExceededException;
    }

    /** How many operations have not signalled their end. */
    long underWay() {
        return underWay.get();
    }

    Queue<Throwable> surprises() {
        return surprises;
    }

    /** How many commits the operations resulted in. */
    long commits() {
        return all.stream()
                .mapToLong(life -> life.commits().size() + (life.isDeleted() ? 1 : 0))
                .sum();
    }
}
