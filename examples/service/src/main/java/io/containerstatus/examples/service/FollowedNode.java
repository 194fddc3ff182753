package io.containerstatus.examples.service;

import io.containerstatus.ContainerChange;
import io.containerstatus.StatusEvent;
import io.containerstatus.StatusException;
import io.containerstatus.fs.StatusFollower;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The containers of another process, such as a containerd. */
final class FollowedNode implements Node {
    private final StatusFollower follower;

    FollowedNode(StatusFollower follower) {
        this.follower = follower;
    }

    @Override
    public String root() {
        return follower.root().toString();
    }

    @Override
    public boolean owned() {
        return false;
    }

    @Override
    public Flux<ContainerView> list(String prefix) {
        return follower.list(prefix).flatMapSequential(this::read);
    }

    @Override
    public Mono<ContainerView> find(String idOrPrefix) {
        return follower.find(idOrPrefix).flatMap(this::read);
    }

    private Mono<ContainerView> read(String id) {
        return follower.read(id)
                .map(status -> ContainerView.of(id, status))
                .onErrorResume(
                        StatusException.class,
                        failure -> Mono.just(ContainerView.unusable(id, String.valueOf(failure.getMessage()))))
                .switchIfEmpty(Mono.fromSupplier(() -> ContainerView.unusable(id, "there is no status")));
    }

    @Override
    public Flux<StatusEvent> events() {
        return follower.events();
    }

    @Override
    public ContainerView view(ContainerChange change) {
        return ContainerView.of(change);
    }
}
