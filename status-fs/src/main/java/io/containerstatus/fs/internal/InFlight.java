package io.containerstatus.fs.internal;

import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Counts the tasks in progress. After {@link #close}, it accepts no more tasks, and reports the end of the last one.
 * This class is threadsafe.
 */
public final class InFlight {
    /** This bit is set in {@link #count} once no more tasks are accepted. */
    private static final long CLOSED = 1L << 62;

    private final AtomicLong count = new AtomicLong();
    private final Sinks.Empty<Void> idle = Sinks.empty();

    /** Creates a count of zero. */
    public InFlight() {}

    /** Counts one more task. If no more tasks are accepted, returns false and does not count. */
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

    /** Counts one task less. Each {@link #enter} that returned true must be followed by one {@code leave}. */
    public void leave() {
        if (count.decrementAndGet() == CLOSED) {
            idle.tryEmitEmpty();
        }
    }

    /** From the subscription on, no more tasks are accepted. Completes once all accepted tasks have ended. */
    public Mono<Void> close() {
        return Mono.defer(() -> {
            if (count.getAndUpdate(now -> now | CLOSED) == 0) {
                idle.tryEmitEmpty();
            }
            return idle.asMono();
        });
    }
}
