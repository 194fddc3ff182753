package io.containerstatus.reactive;

import io.containerstatus.ContainerDeletedException;
import io.containerstatus.Status;
import io.containerstatus.StoreClosedException;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;

/** The streams, as Reactor sees them. */
final class Changes {
    private Changes() {}

    static Flux<StatusChange> ofContainer(ContainerLane lane, Delivery delivery) {
        Objects.requireNonNull(delivery, "delivery");
        return stream(
                lane.store(),
                actual -> delivery.isLatest()
                        ? new LatestOfContainer(actual, lane, delivery)
                        : EveryChange.ofContainer(actual, lane, delivery));
    }

    static Flux<StatusChange> ofStore(CheckpointStore store, Delivery delivery) {
        Objects.requireNonNull(delivery, "delivery");
        return stream(
                store,
                actual -> delivery.isLatest()
                        ? new LatestOfStore(actual, store, delivery)
                        : EveryChange.ofStore(actual, store, delivery));
    }

    /** Wraps the publisher at each call: a plain source is where Reactor's context propagation hooks in. */
    private static Flux<StatusChange> stream(
            CheckpointStore store, Function<CoreSubscriber<? super StatusChange>, ChangeSubscription> subscription) {
        Publisher<StatusChange> publisher = subscriber -> {
            CoreSubscriber<? super StatusChange> actual = Operators.toCoreSubscriber(subscriber);
            if (store.isClosing()) {
                Operators.error(actual, new StoreClosedException());
            } else {
                subscription.apply(actual).start();
            }
        };
        return Flux.from(publisher);
    }

    /** Looks at every commit where it is made, and hops to the signal scheduler with the one that matches. */
    static Mono<Status> await(ContainerLane lane, Predicate<Status> predicate) {
        Objects.requireNonNull(predicate, "predicate");
        Delivery inline = Delivery.every(Integer.MAX_VALUE).on(Schedulers.immediate());
        Mono<Status> match = ofContainer(lane, inline)
                .<Status>handle((change, sink) -> {
                    if (change.kind() == StatusChange.Kind.DELETED) {
                        sink.error(new ContainerDeletedException(lane.id()));
                    } else if (predicate.test(change.current())) {
                        sink.next(change.current());
                    }
                })
                .next()
                .switchIfEmpty(Mono.error(StoreClosedException::new));
        return lane.store().settings().signals().hop(match);
    }
}
