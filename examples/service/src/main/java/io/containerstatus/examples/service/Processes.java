package io.containerstatus.examples.service;

import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.Status;
import io.containerstatus.StoreClosedException;
import io.containerstatus.examples.Supervisor;
import io.containerstatus.examples.Uncancellable;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The processes of this node. They keep running when the service ends. The next service resumes them, as this
 * service does with the processes of its predecessor.
 *
 * <p>A client that disconnects cancels its request. No cancellation breaks off what has begun: the status would say
 * forever that the container is starting, or is being removed.
 */
final class Processes implements DisposableBean {
    private static final Log LOG = LogFactory.getLog(Processes.class);
    /** How long a process may take to end after SIGTERM. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final StatusStore store;
    private final Supervisor supervisor;
    private final Duration grace;
    private final Sinks.Empty<Void> closed = Sinks.empty();

    /** Resumes the recorded containers. Because this is a bean, that happens before the first request. */
    Processes(StatusStore store, Path root) {
        this(store, root, GRACE);
    }

    /** As the other constructor. {@code grace} is how long a process may take to end after SIGTERM. */
    Processes(StatusStore store, Path root, Duration grace) {
        this.store = store;
        this.grace = grace;
        supervisor = new Supervisor(store, root);
        recordEnds(supervisor.resume());
    }

    /** Emits the status once the command runs, or once its start has failed. */
    Mono<Status> start(String id, List<String> command) {
        return Uncancellable.of(
                supervisor.start(id, command).doOnNext(this::recordEnds).then(Mono.fromSupplier(() -> current(id))));
    }

    private Status current(String id) {
        StatusStorage container = store.get(id);
        if (container == null) {
            throw new ContainerNotFoundException(id);
        }
        return container.current();
    }

    Mono<Status> stop(String id) {
        return Uncancellable.of(supervisor
                .stop(id, grace)
                .onErrorMap(
                        TimeoutException.class,
                        late -> new ResponseStatusException(
                                HttpStatus.GATEWAY_TIMEOUT,
                                "the process was killed, and its end is not recorded",
                                late)));
    }

    Mono<Void> remove(String id) {
        return supervisor.remove(id);
    }

    /**
     * Records the ends in the background. If the service ends before the end of a process is recorded, the
     * next service detects the end.
     */
    private void recordEnds(Publisher<Status> ends) {
        Flux.from(ends)
                .takeUntilOther(closed.asMono())
                .onErrorComplete(StoreClosedException.class)
                .subscribe(end -> {}, failure -> LOG.error("the end of a process could not be recorded", failure));
    }

    @Override
    public void destroy() {
        closed.tryEmitEmpty();
    }
}
