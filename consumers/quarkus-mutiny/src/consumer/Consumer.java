package consumer;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.exited;

import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Uses the store with Mutiny. Ends with an exception if anything is wrong. */
public final class Consumer {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Consumer() {}

    // region mutiny
    static <T> Uni<T> uni(Mono<T> mono) {
        return Uni.createFrom().publisher(JdkFlowAdapter.publisherToFlowPublisher(mono));
    }

    static <T> Multi<T> multi(Flux<T> flux) {
        return Multi.createFrom().publisher(JdkFlowAdapter.publisherToFlowPublisher(flux));
    }
    // endregion

    /** Runs on the root in the first argument, which must not exist yet. */
    public static void main(String[] args) {
        StatusStore store = uni(StatusStore.open(Path.of(args[0]))).await().atMost(PATIENCE);
        StatusStorage web = uni(store.create("web-1", created(Instant.now()))).await().atMost(PATIENCE);
        Uni<StatusChange> ended = multi(store.changes())
                .filter(change -> change.state() == ContainerState.EXITED)
                .toUni();

        Status exited = uni(web.apply(exited(3, Instant.now()))).await().atMost(PATIENCE);

        require(exited.equals(ended.await().atMost(PATIENCE).current()), "followed", exited);
        // An empty Mono becomes a Uni of null.
        require(uni(store.close()).await().atMost(PATIENCE) == null, "closed", store);
    }

    private static void require(boolean holds, String what, Object found) {
        if (!holds) {
            throw new AssertionError(what + ": " + found);
        }
    }
}
