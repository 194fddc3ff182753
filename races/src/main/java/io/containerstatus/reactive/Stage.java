package io.containerstatus.reactive;

import io.containerstatus.Status;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The setup of each race: its own store. Its signals come on the actors' threads, so that all have arrived when
 * the actors have ended.
 */
final class Stage {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Status CREATED = Status.builder().build();

    final InstantCheckpoints disk = new InstantCheckpoints();
    final RaceTimer timer = new RaceTimer();
    final StatusStore store = Objects.requireNonNull(StatusStore.builder(disk)
            .signalScheduler(Schedulers.immediate())
            .laneThreads(0)
            .commitTimer(timer)
            .open()
            .block(PATIENCE));

    /** Returns a creation of a container with the pid 0. */
    Mono<StatusStorage> creation(String id) {
        return creation(id, 0);
    }

    Mono<StatusStorage> creation(String id, long pid) {
        return store.create(id, pid(pid).apply(CREATED));
    }

    /** Returns a new container, at revision 1. */
    StatusStorage container(String id) {
        return Objects.requireNonNull(creation(id).block(PATIENCE));
    }

    /** Closes the store, and waits for its end. */
    void close() {
        store.close().block(PATIENCE);
    }

    /** Returns the pid on the disk; -1 if there is no status. */
    long pidOnDisk(String id) {
        @Nullable Status stored = disk.stored(id);
        return stored == null ? -1 : stored.pid();
    }

    /** Adds one to the pid, so that it counts the updates. */
    static Status count(Status status) {
        return status.toBuilder().pid(status.pid() + 1).build();
    }

    static UnaryOperator<Status> pid(long pid) {
        return status -> status.toBuilder().pid(pid).build();
    }
}
