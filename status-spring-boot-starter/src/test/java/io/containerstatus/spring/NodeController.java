package io.containerstatus.spring;

import static io.containerstatus.StatusTransitions.created;

import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.time.Instant;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/* The service of docs/services.md. */
// region service
@RestController
record NodeController(StatusStore store, ClientStreams streams) {
    @GetMapping("/containers/{id}")
    Status get(@PathVariable String id) {
        return store.find(id).current();
    }

    @PutMapping("/containers/{id}")
    Mono<Status> create(@PathVariable String id) {
        return store.create(id, created(Instant.now())).map(StatusStorage::current);
    }

    @GetMapping(path = "/events", produces = "text/event-stream")
    Flux<StatusEvent> events() {
        return streams.untilShutdown(store.events(Delivery.latest()));
    }
}
// endregion
