package consumer;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.exited;
import static io.containerstatus.StatusTransitions.started;

import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.fs.StatusFollower;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Records the life of a container in a root, recovers it, and follows it. Ends with an exception if anything is wrong. */
public final class Consumer {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Consumer() {}

    /** Runs on the root in the first argument, which must not exist yet. */
    public static void main(String[] args) {
        Path root = Path.of(args[0]);
        Status recorded = within(root, Consumer::record);
        List<Status> recovered = within(root, Consumer::recovered);
        Status followed = StatusFollower.at(root).changes().blockFirst(PATIENCE).current();

        require(recorded.state() == ContainerState.EXITED, "recorded", recorded);
        require(recovered.equals(List.of(recorded)), "recovered", recovered);
        require(recorded.equals(followed), "followed", followed);
    }

    private static Mono<Status> record(StatusStore store) {
        return store.create("web-1", created(Instant.now()))
                .flatMap(web -> web.apply(started(42, Instant.now()))
                        .then(web.apply(exited(3, Instant.now()))));
    }

    private static Mono<List<Status>> recovered(StatusStore store) {
        require(store.recovery().failures().isEmpty(), "unreadable", store.recovery().failures());
        return Mono.just(store.list().stream().map(container -> container.current()).toList());
    }

    /** Opens a store, performs the work, and closes the store. */
    private static <T> T within(Path root, Function<StatusStore, Mono<T>> work) {
        return StatusStore.using(root, work).blockLast(PATIENCE);
    }

    private static void require(boolean holds, String what, Object found) {
        if (!holds) {
            throw new AssertionError(what + ": " + found);
        }
    }
}
