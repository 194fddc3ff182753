package io.containerstatus.reactive;

import io.containerstatus.ContainerDeletedException;
import io.containerstatus.ContainerOutOfUseException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.StoreClosedException;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Schedulers;

/** The streams, as Reactor sees them. */
final class ChangeStreams {
    private ChangeStreams() {}

    static Flux<StatusChange> ofContainer(ContainerLane lane, Delivery delivery) {
        String prefix = delivery.filter().prefix();
        if (!prefix.isEmpty()) {
            throw new IllegalArgumentException("idsStartingWith(\"" + prefix + "\") chooses among the containers of a"
                    + " store, and this is the stream of the container \"" + lane.id() + "\"");
        }
        Sources.ContainerChanges source = subscriber -> subscribe(
                subscriber,
                () -> lane.store().isClosing() ? new StoreClosedException() : lane.outOfUse(),
                actual -> DirectChanges.suits(delivery)
                        ? new DirectChanges(actual, lane, delivery, () -> drained(actual, lane, delivery))
                        : drained(actual, lane, delivery));
        // Wrapped at each call: a plain source is where Reactor's context propagation hooks in.
        return Flux.from(source);
    }

    private static ChangeSubscription drained(
            CoreSubscriber<? super StatusChange> actual, ContainerLane lane, Delivery delivery) {
        return delivery.isLatest()
                ? new LatestOfContainer(actual, lane, delivery)
                : EveryChange.ofContainer(actual, lane, delivery);
    }

    static Flux<StatusChange> ofStore(CheckpointStore store, Delivery delivery) {
        Objects.requireNonNull(delivery, "delivery");
        Sources.StoreChanges source = subscriber -> subscribe(
                subscriber,
                () -> store.isClosing() ? new StoreClosedException() : null,
                actual -> delivery.isLatest()
                        ? new LatestOfStore(actual, store, delivery)
                        : EveryChange.ofStore(actual, store, delivery));
        // As above.
        return Flux.from(source);
    }

    private static void subscribe(
            Subscriber<? super StatusChange> subscriber,
            Supplier<@Nullable StatusException> refusal,
            Function<CoreSubscriber<? super StatusChange>, CommitListener> subscription) {
        CoreSubscriber<? super StatusChange> actual = Operators.toCoreSubscriber(subscriber);
        StatusException refused = refusal.get();
        if (refused != null) {
            Operators.error(actual, refused);
            return;
        }
        CommitListener started = subscription.apply(actual);
        started.start();
        // What was refused meanwhile may have failed all others before this one was registered.
        if (refusal.get() instanceof ContainerOutOfUseException late) {
            started.fail(late);
        }
    }

    /** Looks at every commit where it is made, and hops to the signal scheduler with the one that matches. */
    static Mono<Status> await(ContainerLane lane, Predicate<Status> predicate) {
        Objects.requireNonNull(predicate, "predicate");
        Delivery inline = Delivery.every(Integer.MAX_VALUE).on(Schedulers.immediate());
        Mono<Status> match = ofContainer(lane, inline)
                .<Signal<Status>>mapNotNull(change -> endOfWait(predicate, change))
                .next()
                .<Status>dematerialize()
                .switchIfEmpty(Mono.error(StoreClosedException::new));
        Mono<Status> signalled = lane.store().context().signals().hop(match);
        Sources.Await source = signalled::subscribe;
        return Mono.fromDirect(source);
    }

    /**
     * Returns what the wait ends with at this change; null if it goes on. What the predicate throws is a value here: an
     * operator would throw on what no program should go on after, past the one who waits.
     */
    private static @Nullable Signal<Status> endOfWait(Predicate<Status> predicate, StatusChange change) {
        if (change.kind() == StatusChange.Kind.DELETED) {
            return Signal.error(new ContainerDeletedException(change.id()));
        }
        try {
            return predicate.test(change.current()) ? Signal.next(change.current()) : null;
        } catch (Throwable thrown) {
            return Signal.error(thrown);
        }
    }
}
