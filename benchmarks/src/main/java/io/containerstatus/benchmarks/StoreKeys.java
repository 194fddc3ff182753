package io.containerstatus.benchmarks;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.reactive.OperationKind;
import io.containerstatus.reactive.StatusMetrics;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The store, with a number of containers that were written once, so that each further update is the eight calls. */
final class StoreKeys implements AutoCloseable {
    private final LongAdder updates = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final StatusStore store;
    private final List<StatusStorage> containers = new ArrayList<>();

    StoreKeys(Path folder, int containers) {
        store = Objects.requireNonNull(
                StatusStore.builder(folder).metrics(new Counting()).open().block());
        for (int i = 0; i < containers; i++) {
            this.containers.add(Objects.requireNonNull(
                    store.create(HeldStatuses.id(i), Samples.STORED).block()));
        }
    }

    /** Returns a synced update of the container of this number. */
    Mono<Status> update(int container) {
        return containers.get(container).updateSync(Samples::next);
    }

    /** Returns the same for a caller that waits for it. */
    Callers.Operation blocking(int container) {
        Mono<Status> update = update(container);
        return () -> Objects.requireNonNull(update.block());
    }

    /** Returns how many updates shared a write, on average, since the last time that this was asked. */
    double takeUpdatesPerWrite() {
        return (double) updates.sumThenReset() / writes.sumThenReset();
    }

    private final class Counting implements StatusMetrics {
        @Override
        public void recordWrite(
                String id,
                OperationKind kind,
                int operations,
                Duration waited,
                Duration elapsed,
                @Nullable StatusException failure) {
            updates.add(operations);
            writes.increment();
        }
    }

    StatusStorage container(int number) {
        return containers.get(number);
    }

    @Override
    public void close() {
        store.close().block();
    }
}
