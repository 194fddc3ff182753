package io.containerstatus.examples.service;

import io.containerstatus.ContainerChange;
import io.containerstatus.StatusEvent;
import io.containerstatus.StatusException;
import io.containerstatus.StoreClosedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * The events that a page receives. The page's table has the containers that the page has received since the
 * last {@code snapshot}, without the deleted ones. At {@code complete}, the page drops all older containers.
 *
 * <ul>
 *   <li>{@code snapshot}: a snapshot begins. It carries the properties of the node. May come again in one stream
 *   <li>{@code container}: a container of the snapshot, or a change
 *   <li>{@code deleted}: a container was deleted
 *   <li>{@code complete}: everything in the snapshot was sent
 *   <li>{@code away}: the root cannot be followed, with the reason. Comes once a second. When the root can be
 *   followed again, a snapshot comes
 *   <li>{@code alive}: the present time, every 5 seconds. Without it, a page could not distinguish silence from a
 *   lost connection
 * </ul>
 */
final class NodeEvents {
    private static final Duration ALIVE_EVERY = Duration.ofSeconds(5);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    /** How long a browser waits before it connects again. */
    private static final Duration RETRY = Duration.ofMillis(500);

    private final Node node;
    private final boolean tokenNeeded;
    private final Clock clock;

    NodeEvents(Node node, boolean tokenNeeded, Clock clock) {
        this.node = node;
        this.tokenNeeded = tokenNeeded;
        this.clock = clock;
    }

    record Snapshot(String root, boolean owned, boolean tokenNeeded, Instant now) {}

    record Deleted(String id) {}

    record Away(String reason) {}

    record Alive(Instant now) {}

    record Complete() {}

    /** Emits the events until the node is closed. Each subscription begins with its own snapshot. */
    Flux<ServerSentEvent<Object>> stream() {
        return Flux.defer(() -> {
            Sinks.Empty<Void> end = Sinks.empty();
            Flux<ServerSentEvent<Object>> alive = Flux.interval(ALIVE_EVERY)
                    // If a client does not read, these events are dropped.
                    .onBackpressureDrop()
                    .map(tick -> event("alive", new Alive(clock.instant())))
                    .takeUntilOther(end.asMono());
            return Flux.merge(changes().doFinally(signal -> end.tryEmitEmpty()), alive);
        });
    }

    private Flux<ServerSentEvent<Object>> changes() {
        return Flux.defer(() -> {
            AtomicBoolean away = new AtomicBoolean();
            return node.events()
                    .map(this::event)
                    .switchOnFirst((first, events) -> first.hasValue() ? events.startWith(begin()) : events)
                    .onErrorResume(StoreClosedException.class, closed -> Flux.empty())
                    .onErrorResume(StatusException.class, failure -> {
                        away.set(true);
                        return Flux.just(event("away", new Away(String.valueOf(failure.getMessage()))));
                    })
                    .repeatWhen(
                            ends -> ends.takeWhile(end -> away.getAndSet(false)).delayElements(RETRY_DELAY));
        });
    }

    private ServerSentEvent<Object> begin() {
        return ServerSentEvent.<Object>builder(new Snapshot(node.root(), node.owned(), tokenNeeded, clock.instant()))
                .event("snapshot")
                .retry(RETRY)
                .build();
    }

    private ServerSentEvent<Object> event(StatusEvent event) {
        if (event instanceof ContainerChange change) {
            return change.kind() == ContainerChange.Kind.DELETED
                    ? event("deleted", new Deleted(change.id()))
                    : event("container", node.view(change));
        }
        return event("complete", new Complete());
    }

    private static ServerSentEvent<Object> event(String name, Object data) {
        return ServerSentEvent.builder(data).event(name).build();
    }
}
