package io.containerstatus.reactive;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/**
 * One subscription to one of the Monos: waits in its container's lane, is claimed or cancelled, gets a result, signals
 * it. Whoever wins the claim decides: a cancelled operation never runs, a claimed one is carried to its end.
 */
abstract sealed class Operation<T> permits CreateOperation, UpdateOperation, DeleteOperation, CloseOperation {
    private final MonoSink<T> sink;
    private final AtomicBoolean taken = new AtomicBoolean();
    private @Nullable T value;
    private @Nullable Throwable error;

    Operation(MonoSink<T> sink) {
        this.sink = sink;
        sink.onCancel(this::claim);
    }

    /** Returns true to the first caller only: the lane, which then runs it, or the canceller, which prevents that. */
    final boolean claim() {
        return taken.compareAndSet(false, true);
    }

    /** Returns whether it shares its durable step with no other operation. */
    boolean isExclusive() {
        return true;
    }

    /** Undoes the claim, for another lane to run it. */
    final void release() {
        taken.set(false);
    }

    /** Sets the result; a later one replaces it until it is signalled. */
    final void succeed(@Nullable T result) {
        value = result;
        error = null;
    }

    final void fail(Throwable failure) {
        error = failure;
    }

    /** Signals the result to the subscriber. Called at most once, and by no thread that owns a lane. */
    final void signal() {
        if (error != null) {
            sink.error(error);
        } else if (value != null) {
            sink.success(value);
        } else {
            sink.success();
        }
    }
}
