package io.containerstatus.examples.service;

import io.containerstatus.ContainerChange;
import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import io.containerstatus.StatusException;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.RecoveredContainer;
import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.util.Map;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The containers of this process's store. */
final class OwnNode implements Node {
    private final StatusStore store;
    private final String root;
    /** The containers without a usable status when the store was opened, by id. */
    private final Map<String, RecoveredContainer> unrecovered;

    OwnNode(StatusStore store, String root) {
        this.store = store;
        this.root = root;
        unrecovered = store.recovery().failures().stream()
                .collect(Collectors.toUnmodifiableMap(RecoveredContainer::id, one -> one));
    }

    private static String problem(RecoveredContainer container) {
        StatusException failure = container.failure();
        return failure == null ? "there is no status" : String.valueOf(failure.getMessage());
    }

    @Override
    public String root() {
        return root;
    }

    @Override
    public boolean owned() {
        return true;
    }

    @Override
    public Flux<ContainerView> list(String prefix) {
        return Flux.defer(() -> Flux.fromIterable(store.list(prefix))).map(this::view);
    }

    @Override
    public Mono<ContainerView> find(String idOrPrefix) {
        return Mono.fromSupplier(() -> store.find(idOrPrefix)).map(this::view);
    }

    @Override
    public Flux<StatusEvent> events() {
        return store.events(Delivery.latest());
    }

    private ContainerView view(StatusStorage container) {
        // The revision is read before the status, as isStillUnusable requires.
        return view(container.id(), container.revision(), container.current());
    }

    @Override
    public ContainerView view(ContainerChange change) {
        return change instanceof StatusChange own
                ? view(own.id(), own.revision(), own.current())
                : ContainerView.of(change);
    }

    /** Until its first change, a container has the problem that was found at the opening. */
    private ContainerView view(String id, long revision, Status current) {
        RecoveredContainer one = unrecovered.get(id);
        return one != null && one.isStillUnusable(revision, current)
                ? ContainerView.unusable(id, problem(one))
                : ContainerView.of(id, current);
    }
}
