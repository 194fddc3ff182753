package io.containerstatus.spring;

import io.containerstatus.AmbiguousIdException;
import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.fs.StatusFollower;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The containers of a root that is followed, read from its files each time. Blocks the calling thread meanwhile. */
final class FollowedContainers implements Containers {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** How many ids an ambiguity names. */
    private static final int NAMED = 3;

    private final FileCheckpoints files;

    FollowedContainers(StatusFollower follower) {
        files = FileCheckpoints.at(follower.root());
    }

    @Override
    public List<Map<String, Object>> list() {
        return Objects.requireNonNull(
                ids().flatMapSequential(this::read).collectList().block(PATIENCE));
    }

    @Override
    public Map<String, Object> find(String idOrPrefix) {
        List<String> matches = Objects.requireNonNull(
                ids().filter(id -> id.startsWith(idOrPrefix)).collectList().block(PATIENCE));
        boolean exact = matches.contains(idOrPrefix);
        if (matches.isEmpty()) {
            throw new ContainerNotFoundException(idOrPrefix);
        }
        if (!exact && matches.size() > 1) {
            throw new AmbiguousIdException(
                    idOrPrefix, matches.stream().limit(NAMED).toList(), matches.size() > NAMED);
        }
        return Objects.requireNonNull(read(exact ? idOrPrefix : matches.get(0)).block(PATIENCE));
    }

    private Flux<String> ids() {
        return files.list().sort();
    }

    private Mono<Map<String, Object>> read(String id) {
        return files.read(id)
                .map(status -> Containers.Form.of(id, status))
                .onErrorResume(StatusException.class, failure -> Mono.just(Containers.Form.of(id, failure)))
                .switchIfEmpty(Mono.fromSupplier(() -> Containers.Form.of(id, missing(id))));
    }

    private StatusException missing(String id) {
        return new UnreadableStatusException("status \"" + id + "\"", "there is none", null);
    }
}
