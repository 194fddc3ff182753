package io.containerstatus.etcd.faults;

import io.containerstatus.Status;
import io.containerstatus.etcd.faults.HistoryEntry.Outcome;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A node with a local store, which needs no etcd. It creates, changes and deletes each of its containers
 * repeatedly, all containers at the same time, until it is stopped. It records all of this.
 */
final class LocalNode {
    private static final Duration BETWEEN_CHANGES = Duration.ofMillis(5);

    final StatusStore store = StatusStore.builder(new InMemoryCheckpoints())
            .open()
            .blockOptional(Supervisor.PATIENCE)
            .orElseThrow();
    private final List<String> ids;
    private final History history;
    private final AtomicInteger changes = new AtomicInteger();
    private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;
    private @Nullable Mono<Void> work;

    LocalNode(List<String> ids, History history) {
        this.ids = ids;
        this.history = history;
    }

    /** Begins to change its containers. */
    void begin() {
        work = Flux.fromIterable(ids)
                .flatMap(id -> live(id, new Random(id.hashCode())), ids.size())
                .then()
                .cache();
        work.subscribe(none -> {}, unexpected::add);
    }

    private Mono<Void> live(String id, Random random) {
        return Mono.defer(() -> change(id, random))
                .then(Mono.delay(BETWEEN_CHANGES, Schedulers.parallel()))
                .repeat(() -> !stopped)
                .then();
    }

    private Mono<Void> change(String id, Random random) {
        WriteNumber number = next();
        Status status = number.status();
        StatusStorage container = store.get(id);
        boolean deletes = container != null && random.nextInt(8) == 0;
        Mono<?> change = container == null
                ? store.create(id, status)
                : deletes ? store.delete(id) : container.updateSync(before -> status);
        history.begin(id, number, deletes);
        return change.then(Mono.fromRunnable(() -> history.end(id, number, Outcome.ACKNOWLEDGED)));
    }

    /** Returns the number of the next change. */
    WriteNumber next() {
        return new WriteNumber(1, changes.incrementAndGet());
    }

    /** Returns the number of the newest change. */
    WriteNumber newest() {
        return new WriteNumber(1, changes.get());
    }

    Queue<Throwable> unexpected() {
        return unexpected;
    }

    /** Ends the changes, and waits for those in progress. */
    void stop() {
        stopped = true;
        if (work != null) {
            work.block(Supervisor.PATIENCE);
        }
    }

    void close() {
        stop();
        store.close().block(Supervisor.PATIENCE);
    }
}
