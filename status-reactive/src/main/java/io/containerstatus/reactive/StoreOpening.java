package io.containerstatus.reactive;

import io.containerstatus.fs.internal.DroppedErrors;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/**
 * One subscription to the opening of a store. Either the subscriber gets the store, or the ownership of the
 * storage is given up again. The sink decides: it calls {@link #cancelled()} if and only if it delivers nothing.
 *
 * <p>If the adapter was made for this subscription, it is closed whenever nobody gets the store. If the
 * caller passed it, another store may own the storage through it. So it is closed only after its opening has
 * succeeded. A failed opening owns nothing. If the subscriber cancels, the opening still runs to its end.
 */
final class StoreOpening {
    private final MonoSink<StatusStore> sink;
    private final StatusCheckpoints checkpoints;
    /** Whether the caller's adapter is being opened or was opened; null for one made for this subscription. */
    private final @Nullable AtomicBoolean taken;

    private final Function<Opened, StatusStore> building;
    private final Disposable.Swap opening = Disposables.swap();
    private final AtomicBoolean givenUp = new AtomicBoolean();
    private volatile boolean cancelled;
    private volatile boolean built;

    private StoreOpening(
            MonoSink<StatusStore> sink,
            StatusCheckpoints checkpoints,
            @Nullable AtomicBoolean taken,
            Function<Opened, StatusStore> building) {
        this.sink = sink;
        this.checkpoints = checkpoints;
        this.taken = taken;
        this.building = building;
    }

    /** Returns a Mono that opens the storage and builds the store from what was found, which may take a while. */
    static Mono<StatusStore> of(
            StatusCheckpoints checkpoints, @Nullable AtomicBoolean taken, Function<Opened, StatusStore> building) {
        return Mono.create(sink -> new StoreOpening(sink, checkpoints, taken, building).start());
    }

    private void start() {
        sink.onCancel(this::cancelled);
        if (cancelled) {
            return;
        }
        if (taken != null && !taken.compareAndSet(false, true)) {
            end(new IllegalStateException(
                    "this adapter was already opened by a store; create a new adapter for another store"));
            return;
        }
        opening.update(Mono.defer(() -> Mono.from(checkpoints.open()))
                .switchIfEmpty(Mono.fromRunnable(
                        () -> giveUp(new IllegalStateException("the adapter's open() completed without a result"))))
                .contextWrite(sink.contextView())
                .subscribe(this::opened, this::failed));
    }

    private void opened(Opened opened) {
        StatusStore store;
        try {
            store = building.apply(opened);
        } catch (Throwable failure) {
            giveUp(failure);
            return;
        }
        // Set before reading the cancellation. A cancellation reads this after it is noted, so at least one
        // of the two sees the other.
        built = true;
        if (!cancelled) {
            sink.success(store);
        }
        if (cancelled) {
            giveUp();
        }
    }

    private void failed(Throwable failure) {
        if (taken == null) {
            giveUp(failure);
        } else {
            taken.set(false);
            end(failure);
        }
    }

    private void cancelled() {
        cancelled = true;
        if (taken == null) {
            opening.dispose();
        }
        if (taken == null || built) {
            giveUp();
        }
    }

    private void end(Throwable failure) {
        if (cancelled) {
            DroppedErrors.drop(failure, context());
        } else {
            sink.error(failure);
        }
    }

    /** Closes the adapter, and then ends with the failure. */
    private void giveUp(Throwable failure) {
        close().subscribe(
                        done -> {},
                        suppressed -> {
                            if (suppressed != failure) {
                                failure.addSuppressed(suppressed);
                            }
                            end(failure);
                        },
                        () -> end(failure));
    }

    private void giveUp() {
        close().subscribe(done -> {}, failure -> DroppedErrors.drop(failure, context()));
    }

    /** Closes the adapter once, however often this is subscribed to. */
    private Mono<Void> close() {
        return Mono.defer(() -> givenUp.compareAndSet(false, true) ? closeAndRelease() : Mono.empty())
                .contextWrite(sink.contextView());
    }

    private Mono<Void> closeAndRelease() {
        return Mono.defer(() -> Mono.from(checkpoints.close())).doOnTerminate(() -> {
            if (taken != null) {
                taken.set(false);
            }
        });
    }

    private Context context() {
        return Context.of(sink.contextView());
    }
}
