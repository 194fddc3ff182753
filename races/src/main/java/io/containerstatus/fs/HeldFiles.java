package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The files behind a journal. It completes writes at once, or when an actor calls {@link #release}. */
final class HeldFiles implements StatusCheckpoints {
    /** The pid of each container that has a status. */
    private final Map<String, Long> pids = new ConcurrentHashMap<>();

    private final Queue<Sinks.Empty<Void>> held = new ConcurrentLinkedQueue<>();
    private volatile boolean holds;

    /** Delays the writes that come from now on. */
    void hold() {
        holds = true;
    }

    /** Stops delaying, and completes the delayed writes. */
    void release() {
        holds = false;
        Sinks.Empty<Void> next;
        while ((next = held.poll()) != null) {
            next.tryEmitEmpty().orThrow();
        }
    }

    /** Returns the pid of a container; -1 if it has no status. */
    long pid(String id) {
        return pids.getOrDefault(id, -1L);
    }

    @Override
    public Publisher<Opened> open() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Publisher<Void> write(String id, Status status) {
        return step(() -> pids.put(id, status.pid()));
    }

    @Override
    public Publisher<Void> delete(String id) {
        return step(() -> pids.remove(id));
    }

    private Publisher<Void> step(Runnable effect) {
        if (!holds) {
            return Mono.fromRunnable(effect);
        }
        Sinks.Empty<Void> gate = Sinks.unsafe().empty();
        Mono<Void> step = gate.asMono().then(Mono.fromRunnable(effect));
        held.add(gate);
        return step;
    }

    @Override
    public Publisher<Void> close() {
        throw new UnsupportedOperationException();
    }
}
