package io.containerstatus.reactive;

import io.containerstatus.ContainerDeletedException;
import io.containerstatus.ContainerOutOfUseException;
import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
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

/** Creates the publishers of the streams. */
final class ChangeStreams {
    private ChangeStreams() {}

    static Flux<StatusChange> ofContainer(ContainerLane lane, Delivery delivery) {
        requireFitForContainer(lane, delivery);
        Sources.ContainerChanges source = subscriber -> subscribe(subscriber, lane, delivery);
        // Wrapped in every call, because Reactor installs its context propagation when it wraps a foreign publisher.
        return Flux.from(source);
    }

    static Flux<StatusEvent> eventsOfContainer(ContainerLane lane, Delivery delivery) {
        requireFitForContainer(lane, delivery);
        Delivery withEnd = delivery.withSnapshotEnd();
        Sources.ContainerEvents source = subscriber -> subscribe(subscriber, lane, withEnd);
        // Wrapped for the reason above.
        return Flux.from(source);
    }

    private static void requireFitForContainer(ContainerLane lane, Delivery delivery) {
        String choice = delivery.filter().choiceOfIds();
        if (choice != null) {
            throw new IllegalArgumentException(choice + " selects containers of a store by their ids; this is the"
                    + " stream of the container \"" + lane.id() + "\"");
        }
    }

    private static void subscribe(Subscriber<?> subscriber, ContainerLane lane, Delivery delivery) {
        subscribe(
                subscriber,
                () -> lane.store().isClosing() ? new StoreClosedException() : lane.outOfUse(),
                actual -> DirectChanges.suits(delivery)
                        ? new DirectChanges(actual, lane, delivery, () -> drained(actual, lane, delivery))
                        : drained(actual, lane, delivery));
    }

    private static ChangeSubscription drained(
            CoreSubscriber<? super StatusEvent> actual, ContainerLane lane, Delivery delivery) {
        return delivery.isLatest()
                ? new LatestOfContainer(actual, lane, delivery)
                : EveryChange.ofContainer(actual, lane, delivery);
    }

    static Flux<StatusChange> ofStore(CheckpointStore store, Delivery delivery) {
        Objects.requireNonNull(delivery, "delivery");
        Sources.StoreChanges source = subscriber -> subscribe(subscriber, store, delivery);
        // Wrapped for the reason above.
        return Flux.from(source);
    }

    static Flux<StatusEvent> eventsOfStore(CheckpointStore store, Delivery delivery) {
        Delivery withEnd = delivery.withSnapshotEnd();
        Sources.StoreEvents source = subscriber -> subscribe(subscriber, store, withEnd);
        // Wrapped for the reason above.
        return Flux.from(source);
    }

    private static void subscribe(Subscriber<?> subscriber, CheckpointStore store, Delivery delivery) {
        subscribe(
                subscriber,
                () -> store.isClosing() ? new StoreClosedException() : null,
                actual -> delivery.isLatest()
                        ? new LatestOfStore(actual, store, delivery)
                        : EveryChange.ofStore(actual, store, delivery));
    }

    /**
     * Subscribes, unless the store refuses it. The caller makes sure that {@code subscriber} accepts what the
     * delivery emits: changes only, or other events as well.
     */
    @SuppressWarnings("unchecked")
    private static void subscribe(
            Subscriber<?> subscriber,
            Supplier<@Nullable StatusException> refusal,
            Function<CoreSubscriber<? super StatusEvent>, CommitListener> subscription) {
        CoreSubscriber<? super StatusEvent> actual =
                Operators.toCoreSubscriber((Subscriber<? super StatusEvent>) subscriber);
        StatusException refused = refusal.get();
        if (refused != null) {
            Operators.error(actual, refused);
            return;
        }
        CommitListener started = subscription.apply(actual);
        started.start();
        // If the container went out of use meanwhile, its streams may have been failed before this one was registered.
        if (refusal.get() instanceof ContainerOutOfUseException late) {
            started.fail(late);
        }
    }

    /**
     * Tests the current status on the subscribing thread, and each commit on the committing thread. Emits the
     * match, or the failure, on the signal scheduler.
     */
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
     * Returns the signal with which this change ends the wait; null if the wait goes on. If the predicate
     * throws, the exception becomes an error signal here: an operator would rethrow a fatal error instead of
     * passing it to the subscriber.
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
