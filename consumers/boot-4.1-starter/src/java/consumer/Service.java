package consumer;

import static io.containerstatus.StatusTransitions.created;

import io.containerstatus.Status;
import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.spring.ClientStreams;
import java.time.Instant;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A service that uses the starter. */
@SpringBootApplication
@RestController
public class Service {
    private final StatusStore store;
    private final ClientStreams streams;

    Service(StatusStore store, ClientStreams streams) {
        this.store = store;
        this.streams = streams;
    }

    public static void main(String[] arguments) {
        SpringApplication.run(Service.class, arguments);
    }

    @GetMapping("/containers/{id}")
    Status get(@PathVariable String id) {
        return store.find(id).current();
    }

    @PutMapping("/containers/{id}")
    Mono<Status> create(@PathVariable String id) {
        return store.create(id, created(Instant.now())).map(StatusStorage::current);
    }

    @GetMapping(path = "/events", produces = "text/event-stream")
    Flux<StatusChange> events() {
        return streams.untilShutdown(store.changes());
    }
}
