package io.containerstatus.examples;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.exited;
import static io.containerstatus.StatusTransitions.started;

import io.containerstatus.ContainerState;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Instant;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The first example of the README: records the life of a container, and prints its changes. */
final class FirstExample {
    private FirstExample() {}

    public static void main(String[] args) {
        // region first example
        Flux<Void> life = StatusStore.using(Path.of("statuses"), store -> {
            Mono<Void> printed = store.changes()
                    .doOnNext(change -> System.out.println(change.id() + " is " + change.state()))
                    .takeUntil(change -> change.state() == ContainerState.EXITED)
                    .then();
            Mono<Void> recorded = store.create("web-1", created(Instant.now()))
                    .flatMap(web -> web.apply(started(4711, Instant.now())).then(web.apply(exited(0, Instant.now()))))
                    .then();
            return Mono.when(printed, recorded);
        });
        life.blockLast();
        // endregion
    }
}
