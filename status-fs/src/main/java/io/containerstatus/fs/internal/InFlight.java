package io.containerstatus.fs.internal;

import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Counts the work under way, until no more is accepted and the last of it has ended. Threadsafe. */
public final class InFlight {
    /** Set in {@link #count} once no more work is accepted. */
    private static final long CLOSED = 1L << 62;

    private final AtomicLong count = new AtomicLong();
    private final Sinks.Empty<Void> idle = Sinks.empty();

    /** Creates a count of nothing. */
    public InFlight() {}

    /** Counts one more; returns false, and does not count, when no more work is accepted. */
    public boolean enter() {
        long before = count.get();
        while (before < CLOSED) {
            if (count.compareAndSet(before, before + 1)) {
                return true;
            }
            before = count.get();
        }
        return false;
    }

    /** Counts one less. Each {@link #enter} that returned true has one {@code leave}. */
    public void leave() {
        if (count.decrementAndGet() == CLOSED) {
            idle.tryEmitEmpty();
        }
    }

    /** Accepts no more work from the subscription on; completes when all that was accepted has ended. */
    public Mono<Void> close() {
        return Mono.defer(() -> {
            if (count.getAndUpdate(now -> now | CLOSED) == 0) {
                idle.tryEmitEmpty();
            }
            return idle.asMono();
        });
    }
}
