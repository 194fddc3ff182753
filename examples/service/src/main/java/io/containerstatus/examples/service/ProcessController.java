package io.containerstatus.examples.service;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;

/**
 * The requests that change a node whose root this process owns. Each answer is sent once the result is durable.
 */
@RestController
final class ProcessController {
    private final Processes processes;

    ProcessController(Processes processes) {
        this.processes = processes;
    }

    /** The command to run. */
    record Start(@Nullable List<@Nullable String> command) {
        List<String> texts() {
            if (command == null || command.isEmpty() || command.stream().anyMatch(text -> text == null)) {
                throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "the command is missing");
            }
            return command.stream().map(String::valueOf).toList();
        }
    }

    /**
     * Starts a process. The answer may already be EXITED, for example if the command does not exist, because
     * that is recorded, too.
     */
    @PutMapping("/containers/{id}")
    Mono<ResponseEntity<ContainerView>> start(@PathVariable String id, @RequestBody Start start) {
        URI location = UriComponentsBuilder.fromPath("/containers/{id}").build(id);
        return processes.start(id, start.texts()).map(status -> ResponseEntity.created(location)
                .body(ContainerView.of(id, status)));
    }

    /** Asks the process to end, kills it if it does not, and answers once the end is recorded. */
    @PostMapping("/containers/{id}/stop")
    Mono<ContainerView> stop(@PathVariable String id) {
        return processes.stop(id).map(status -> ContainerView.of(id, status));
    }

    @DeleteMapping("/containers/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    Mono<Void> remove(@PathVariable String id) {
        return processes.remove(id);
    }
}
