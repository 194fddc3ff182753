package io.containerstatus.examples.service;

import io.containerstatus.ContainerChange;
import io.containerstatus.StatusEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The containers of this node. This process or another one owns them. */
interface Node {
    /** Returns the folder of the containers, in human-readable form. */
    String root();

    /** Returns whether processes can be started and stopped here. If not, another process runs them. */
    boolean owned();

    /** Emits every container whose id begins with the prefix, ordered by id, then completes. */
    Flux<ContainerView> list(String prefix);

    /**
     * Emits the container with this id, or else the only container whose id begins with this text. Fails with
     * {@link io.containerstatus.ContainerNotFoundException} or {@link io.containerstatus.AmbiguousIdException}.
     */
    Mono<ContainerView> find(String idOrPrefix);

    /**
     * Emits the existing containers, the end of that snapshot, and then the changes. A slow subscriber skips
     * to the newest status. May fail. Then the caller may subscribe again.
     */
    Flux<StatusEvent> events();

    /** Returns the view of a change of {@link #events()} that is not a deletion. */
    ContainerView view(ContainerChange change);
}
