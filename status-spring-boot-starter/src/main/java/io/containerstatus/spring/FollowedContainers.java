package io.containerstatus.spring;

import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.fs.StatusFollower;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Mono;

/**
 * The containers of a followed root. Each call reads them from the files, and blocks the calling thread while
 * it reads.
 */
final class FollowedContainers implements Containers {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final StatusFollower follower;

    FollowedContainers(StatusFollower follower) {
        this.follower = follower;
    }

    @Override
    public List<Map<String, Object>> list() {
        return Objects.requireNonNull(
                follower.list().flatMapSequential(this::read).collectList().block(PATIENCE));
    }

    @Override
    public Map<String, Object> find(String idOrPrefix) {
        return Objects.requireNonNull(
                follower.find(idOrPrefix).flatMap(this::read).block(PATIENCE));
    }

    private Mono<Map<String, Object>> read(String id) {
        return follower.read(id)
                .map(status -> Containers.Form.of(id, status))
                .onErrorResume(StatusException.class, failure -> Mono.just(Containers.Form.of(id, failure)))
                .switchIfEmpty(Mono.fromSupplier(() -> Containers.Form.of(id, missing(id))));
    }

    private StatusException missing(String id) {
        return new UnreadableStatusException("status \"" + id + "\"", "the status is missing", null);
    }
}
