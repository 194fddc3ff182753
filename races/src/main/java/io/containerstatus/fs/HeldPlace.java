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

/** The place behind a journal. It answers at once, or when an actor says so. */
final class HeldPlace implements StatusCheckpoints {
    /** The pid of each container that has a status. */
    private final Map<String, Long> pids = new ConcurrentHashMap<>();

    private final Queue<Sinks.Empty<Void>> held = new ConcurrentLinkedQueue<>();
    private volatile boolean holds;

    /** Holds back what comes from now on. */
    void hold() {
        holds = true;
    }

    /** Holds nothing back any more, and completes what was held back. */
    void release() {
        holds = false;
        Sinks.Empty<Void> next;
        while ((next = held.poll()) != null) {
            next.tryEmitEmpty().orThrow();
        }
    }

    /** Returns the pid of a container, or -1 if it has no status. */
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
