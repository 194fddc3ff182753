package io.containerstatus.examples.service;

import io.containerstatus.ContainerState;
import io.containerstatus.spring.ClientStreams;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The requests that read the containers of this node, even if another process owns them. */
@RestController
final class NodeController {
    private final Node node;
    private final NodeEvents events;
    private final ClientStreams streams;

    NodeController(Node node, NodeEvents events, ClientStreams streams) {
        this.node = node;
        this.events = events;
        this.streams = streams;
    }

    @GetMapping("/containers")
    Flux<ContainerView> list(
            @RequestParam(defaultValue = "") String prefix,
            @RequestParam(defaultValue = "") Set<ContainerState> state) {
        return node.list(prefix).filter(container -> state.isEmpty() || state.contains(container.state()));
    }

    @GetMapping("/containers/{id}")
    Mono<ContainerView> get(@PathVariable String id) {
        return node.find(id);
    }

    /** Sends the events that {@link NodeEvents} lists, until the page is closed or the service ends. */
    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<Object>> events() {
        return streams.untilShutdown(events.stream());
    }
}
