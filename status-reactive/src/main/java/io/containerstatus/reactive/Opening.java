package io.containerstatus.reactive;

import io.containerstatus.fs.internal.DroppedErrors;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One subscription to the opening of a store: either the subscriber gets the store, or ownership of the place is given
 * up again. One state decides which, so there is no moment at which a cancellation falls between the two.
 *
 * <p>An adapter made for this subscription is given up whenever nobody gets the store. One that the caller gave may be
 * another store's, so it is given up only after it has said that it is ours: a failed opening owns nothing, and one that
 * nobody waits for any more is let come to its end.
 */
class Opening implements CoreSubscriber<Opened>, Subscription {
    private enum State {
        /** Neither a demand nor a store. */
        NOTHING,
        DEMANDED,
        /** The store waits for a demand. */
        WAITING,
        /** Signalled or cancelled: no signal follows. */
        OVER
    }

    private final CoreSubscriber<? super StatusStore> actual;
    private final StatusCheckpoints checkpoints;
    private final Settings settings;
    /** Whether the caller's adapter is being opened or was; null for one made for this subscription. */
    private final @Nullable AtomicBoolean taken;

    private final AtomicReference<State> state = new AtomicReference<>(State.NOTHING);
    private final AtomicBoolean givenUp = new AtomicBoolean();
    private volatile @Nullable Subscription upstream;
    private @Nullable StatusStore store;
    /** Whether the adapter has answered. The upstream's alone. */
    private boolean answered;

    Opening(
            CoreSubscriber<? super StatusStore> actual,
            StatusCheckpoints checkpoints,
            Settings settings,
            @Nullable AtomicBoolean taken) {
        this.actual = actual;
        this.checkpoints = checkpoints;
        this.settings = settings;
        this.taken = taken;
    }

    final void start() {
        actual.onSubscribe(this);
        if (isOver()) {
            return;
        }
        if (taken != null && !taken.compareAndSet(false, true)) {
            end(new IllegalStateException("these checkpoints were opened already; make new ones for another store"));
            return;
        }
        Mono.defer(() -> Mono.from(checkpoints.open())).subscribe(this);
    }

    private boolean isOver() {
        return state.get() == State.OVER;
    }

    @Override
    public final Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public final void onSubscribe(Subscription subscription) {
        upstream = subscription;
        if (isOver() && taken == null) {
            subscription.cancel();
        } else {
            subscription.request(Long.MAX_VALUE);
        }
    }

    @Override
    public final void onNext(Opened opened) {
        answered = true;
        try {
            store = build(opened);
        } catch (Throwable failure) {
            giveUp(failure);
            return;
        }
        if (state.compareAndSet(State.NOTHING, State.WAITING)) {
            return;
        }
        if (state.compareAndSet(State.DEMANDED, State.OVER)) {
            emit();
        } else {
            giveUp();
        }
    }

    /** Takes its time with many containers. */
    StatusStore build(Opened opened) {
        return new CheckpointStore(checkpoints, settings, new StatusRecovery(opened));
    }

    @Override
    public final void onError(Throwable failure) {
        if (answered) {
            DroppedErrors.drop(failure, currentContext());
        } else if (taken == null) {
            giveUp(failure);
        } else {
            taken.set(false);
            end(failure);
        }
    }

    @Override
    public final void onComplete() {
        if (!answered) {
            giveUp(new IllegalStateException("the adapter opened without an answer"));
        }
    }

    @Override
    public final void request(long n) {
        if (Operators.validate(n)
                && !state.compareAndSet(State.NOTHING, State.DEMANDED)
                && state.compareAndSet(State.WAITING, State.OVER)) {
            emit();
        }
    }

    @Override
    public final void cancel() {
        State before = state.getAndSet(State.OVER);
        if (before == State.WAITING) {
            giveUp();
        } else if (before != State.OVER && taken == null) {
            Subscription opening = upstream;
            if (opening != null) {
                opening.cancel();
            }
            giveUp();
        }
    }

    private void emit() {
        actual.onNext(Objects.requireNonNull(store));
        actual.onComplete();
    }

    private void end(Throwable failure) {
        if (state.getAndSet(State.OVER) != State.OVER) {
            actual.onError(failure);
        } else {
            DroppedErrors.drop(failure, currentContext());
        }
    }

    /** Gives the place up, and ends with the failure once that is done. */
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
        close().subscribe(done -> {}, failure -> DroppedErrors.drop(failure, currentContext()));
    }

    /** Gives the place up once, whoever asks for it first. */
    private Mono<Void> close() {
        return Mono.defer(() -> givenUp.compareAndSet(false, true) ? Mono.from(checkpoints.close()) : Mono.empty())
                .doOnTerminate(() -> {
                    if (taken != null) {
                        taken.set(false);
                    }
                })
                .contextWrite(currentContext());
    }
}
