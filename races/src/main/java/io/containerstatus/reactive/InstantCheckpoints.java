package io.containerstatus.reactive;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A disk that completes at once, on the calling thread, so that a race has no threads but its actors. One step
 * can be delayed, so that a lane is busy at the start of the race. Not {@code InMemoryCheckpoints}: a race runs
 * millions of times, and the recording and encoding of those would make the critical moment rarer.
 */
final class InstantCheckpoints implements StatusCheckpoints {
    private final Map<String, Status> disk = new ConcurrentHashMap<>();
    private final AtomicReference<Sinks.@Nullable Empty<Void>> hold = new AtomicReference<>();
    private volatile boolean closed;
    private volatile boolean touchedAfterTheEnd;

    /** Delays the next step until the returned sink completes; see {@link #complete}. */
    Sinks.Empty<Void> holdNext() {
        Sinks.Empty<Void> gate = Sinks.unsafe().empty();
        hold.set(gate);
        return gate;
    }

    static void complete(Sinks.Empty<Void> held) {
        held.tryEmitEmpty().orThrow();
    }

    /** Completes the delayed step, and delays the step after it in turn. */
    Sinks.Empty<Void> completeAndHoldNext(Sinks.Empty<Void> held) {
        Sinks.Empty<Void> next = holdNext();
        complete(held);
        return next;
    }

    @Nullable
    Status stored(String id) {
        return disk.get(id);
    }

    /** Returns whether it was closed, and not used afterwards. */
    boolean wasClosedLast() {
        return closed && !touchedAfterTheEnd;
    }

    @Override
    public Publisher<Opened> open() {
        return Mono.fromSupplier(() -> new Opened(
                Access.WRITABLE,
                disk.entrySet().stream()
                        .map(entry -> Found.of(entry.getKey(), entry.getValue()))
                        .toList()));
    }

    @Override
    public Publisher<Void> write(String id, Status status) {
        return step(() -> disk.put(id, status));
    }

    @Override
    public Publisher<Void> delete(String id) {
        return step(() -> disk.remove(id));
    }

    private Publisher<Void> step(Runnable effect) {
        Sinks.Empty<Void> held = hold.getAndSet(null);
        Mono<Void> gate = held == null ? Mono.empty() : held.asMono();
        return gate.then(Mono.fromRunnable(() -> {
            if (closed) {
                touchedAfterTheEnd = true;
            }
            effect.run();
        }));
    }

    @Override
    public Publisher<Void> close() {
        return Mono.fromRunnable(() -> closed = true);
    }
}
