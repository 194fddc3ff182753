package io.containerstatus.benchmarks;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.reactive.OperationKind;
import io.containerstatus.reactive.StatusMetrics;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.spi.StatusCheckpoints.Backlog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The store, with a number of containers that were written once, so that each later update takes the eight
 * system calls.
 */
final class StoreKeys implements AutoCloseable {
    private static final int POLL_MILLISECONDS = 20;

    private final List<Double> secondsBehind = new ArrayList<>();
    private final LongAdder updates = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final StatusStore store;
    private final List<StatusStorage> containers = new ArrayList<>();

    StoreKeys(Path folder, int containers) {
        this(StatusStore.builder(folder), containers);
    }

    /** Opens the store of this builder, and creates the containers that do not exist. */
    StoreKeys(StatusStore.Builder builder, int containers) {
        store = Objects.requireNonNull(builder.metrics(new Counting()).open().block());
        for (int i = 0; i < containers; i++) {
            String id = HeldStatuses.id(i);
            StatusStorage found = store.get(id);
            this.containers.add(
                    found != null
                            ? found
                            : Objects.requireNonNull(
                                    store.create(id, Samples.STORED).block()));
        }
    }

    /** Returns a synced update of the container with this number. */
    Mono<Status> update(int container) {
        return containers.get(container).updateSync(Samples::next);
    }

    /** Returns the same for a caller that waits for the result. */
    Callers.Operation blocking(int container) {
        Mono<Status> update = update(container);
        return () -> Objects.requireNonNull(update.block());
    }

    /** Returns how many updates shared a write, on average, since the last call. */
    double takeUpdatesPerWrite() {
        return (double) updates.sumThenReset() / writes.sumThenReset();
    }

    /** Returns how many containers have a newer status in the journal than in their files. */
    int behind() {
        return store.health().backlog().containers();
    }

    /**
     * Waits until the files hold everything, and records how far they were behind at the beginning. Without a
     * journal, returns at once.
     */
    void settle() throws InterruptedException {
        Backlog backlog = store.health().backlog();
        secondsBehind.add(backlog.oldestAge().toNanos() / 1e9);
        while (backlog.containers() != 0) {
            if (backlog.lastFailure() != null) {
                throw new IllegalStateException("a file could not be written", backlog.lastFailure());
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLISECONDS);
            backlog = store.health().backlog();
        }
    }

    /** Returns how far the files were behind, in seconds, at each {@link #settle} except the first one. */
    List<Double> takeSecondsBehind() {
        List<Double> all = List.copyOf(secondsBehind.subList(1, secondsBehind.size()));
        secondsBehind.clear();
        return all;
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
