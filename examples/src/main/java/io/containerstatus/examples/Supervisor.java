package io.containerstatus.examples;

import static io.containerstatus.StatusTransitions.EXIT_CODE_UNKNOWN;
import static io.containerstatus.StatusTransitions.REASON_UNKNOWN;
import static io.containerstatus.StatusTransitions.beginRemove;
import static io.containerstatus.StatusTransitions.beginStart;
import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.endRemove;
import static io.containerstatus.StatusTransitions.endStart;
import static io.containerstatus.StatusTransitions.exited;
import static io.containerstatus.StatusTransitions.startFailed;
import static io.containerstatus.StatusTransitions.started;
import static io.containerstatus.StatusTransitions.taskLost;

import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.ContainerState;
import io.containerstatus.IllegalTransitionException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.Status;
import io.containerstatus.StatusTransition;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Starts processes, waits for their ends, and makes each status durable before anything depends on it. If a
 * supervisor is killed, the next one resumes its processes.
 *
 * <p>There is no shutdown code: every end of the supervisor, by any signal, counts as the crash for which it
 * is designed. The processes keep running. This class is threadsafe.
 */
public final class Supervisor {
    /**
     * Retries a write. Both failures leave the old status in memory and allow another attempt, which makes
     * the stored status certain. An {@code OwnershipLostException} is a {@code NotWrittenException}, too, but
     * it is permanent and not retried.
     */
    private static final Retry UNTIL_WRITTEN = Retry.backoff(10, Duration.ofMillis(100))
            .maxBackoff(Duration.ofSeconds(2))
            .filter(failure -> !(failure instanceof OwnershipLostException)
                    && (failure instanceof NotWrittenException || failure instanceof IndeterminateWriteException))
            .onRetryExhaustedThrow((retry, last) -> last.failure());

    /** The prefetch of an operator. Without a prefetch, the operator keeps only the first of several errors. */
    private static final int ONE_AT_A_TIME = 1;

    private final StatusStore store;
    private final ProcessIdentities identities;

    /** Creates a supervisor for an open store and its root. Touches no file. */
    public Supervisor(StatusStore store, Path root) {
        this(store, new ProcessIdentities(root));
    }

    /** Creates a supervisor for an open store and the identities of its processes. Starts nothing. */
    public Supervisor(StatusStore store, ProcessIdentities identities) {
        this.store = store;
        this.identities = identities;
    }

    /**
     * Resumes the recorded containers, and then starts the commands, one after the other. Then it waits for
     * all processes at the same time. A command that fails does not stop the others.
     *
     * @param commands the commands, by the name of their container
     * @return emits the status of each at its end; fails at the end of all with what went wrong with any
     */
    public Flux<Status> supervise(Map<String, List<String>> commands) {
        Flux<Mono<Status>> started = Flux.fromIterable(commands.entrySet())
                .concatMapDelayError(command -> start(command.getKey(), command.getValue()), ONE_AT_A_TIME);
        return ends(Flux.concatDelayError(takenUp(), started));
    }

    /**
     * Resumes the containers that are recorded at the subscription, and waits for the processes that are
     * still running. Subscribe before the first {@link #start}: a container that is being started would be
     * treated as one of an earlier supervisor.
     *
     * @return emits the status of each at its end; fails at the end of all with what went wrong with any
     */
    public Flux<Status> resume() {
        return ends(takenUp());
    }

    private Flux<Mono<Status>> takenUp() {
        return Flux.defer(() -> Flux.fromIterable(store.list())).concatMapDelayError(this::resume, ONE_AT_A_TIME);
    }

    private static Flux<Status> ends(Flux<Mono<Status>> supervised) {
        return supervised.flatMapDelayError(end -> end, /* concurrency= */ Integer.MAX_VALUE, ONE_AT_A_TIME);
    }

    /**
     * Starts a process. Its container is CREATED, then starting, then RUNNING.
     *
     * @param name the id of the container, which must not exist yet
     * @param command the command and its arguments, at least one text
     * @return emits a Mono once RUNNING is durable and the command runs. That Mono waits for the end of the
     *     process and records it; subscribe to it once. Completes empty if the start failed and the failure
     *     was recorded. Fails if the container could not be created, or if the failure of the start could not
     *     be recorded. Cancelling does not break off a start that has begun, but then nobody waits for the end
     *     before the next supervisor, unless the subscription is inside {@link Uncancellable#of}
     */
    public Mono<Mono<Status>> start(String name, List<String> command) {
        return Uncancellable.of(
                Mono.defer(() -> store.create(name, created(Instant.now()))).flatMap(container -> container
                        .apply(beginStart())
                        .then(GatedProcess.create(command))
                        .flatMap(process -> release(container, process))
                        .map(process -> recordExit(container, process))
                        .onErrorResume(failure -> recordStartFailed(container, failure))));
    }

    private Mono<Mono<Status>> recordStartFailed(StatusStorage container, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return recordEnd(container, now -> startFailed(now, message).andThen(endStart()))
                .then(Mono.empty());
    }

    /**
     * Lets the process run its command once its identity and its status are on the disk. If the supervisor is
     * killed before that, the next one finds a record without a process. A command never runs without a
     * record, because no supervisor would find its process.
     */
    private Mono<Process> release(StatusStorage container, GatedProcess gated) {
        return ProcessIdentity.of(gated.pid())
                .flatMap(identity -> identities.save(container.id(), identity))
                .then(container.apply(started(gated.pid(), gated.startedAt()).andThen(endStart())))
                .then(gated.release())
                .onErrorResume(failure -> gated.abandon().then(Mono.error(failure)));
    }

    private Mono<Status> recordExit(StatusStorage container, Process process) {
        return Mono.fromFuture(process::onExit)
                .flatMap(ended -> recordEnd(container, now -> exited(ended.exitValue(), now)));
    }

    /**
     * Asks the process of a container to end (SIGTERM), and kills it (SIGKILL) if it has not ended within the
     * grace period. Does not signal the processes that this process has started.
     *
     * @return emits the status once {@link #start} or {@link #resume} has recorded the end; at once if it was
     *     recorded before. Fails with {@link ContainerNotFoundException}; with
     *     {@link IllegalTransitionException} if the container is neither RUNNING nor EXITED; with
     *     {@link java.util.concurrent.TimeoutException} if no end is recorded within another grace period
     *     after the kill. Cancelling does not undo a signal that was sent, and prevents a later kill
     */
    public Mono<Status> stop(String id, Duration grace) {
        return Mono.defer(() -> {
            StatusStorage container = existing(id);
            ContainerState state = container.current().state();
            if (state != ContainerState.RUNNING && state != ContainerState.EXITED) {
                return Mono.error(new IllegalTransitionException(state, "stop", "the container is not running"));
            }
            Mono<ProcessIdentity> process = state == ContainerState.RUNNING ? recordedProcess(container) : Mono.empty();
            Mono<Status> end = container.await(status -> status.state() == ContainerState.EXITED);
            Mono<Status> killed =
                    process.flatMap(ProcessIdentity::kill).then(end).timeout(grace);
            return process.flatMap(ProcessIdentity::terminate).then(end).timeout(grace, killed);
        });
    }

    /**
     * Removes a container that is not running, and the stored identity of its process.
     *
     * @return completes once the container is deleted durably. Fails with {@link ContainerNotFoundException};
     *     with {@link IllegalTransitionException} if it is running, is starting, or is being removed, or if its
     *     status cannot be used and its process is still running; with an {@link java.io.IOException} if the
     *     stored identity cannot be read or deleted; or as {@link StatusStorage#delete()} does. After a failure,
     *     the removal can be tried again. Cancelling does not break off a removal that has begun
     */
    public Mono<Void> remove(String id) {
        return Uncancellable.of(Mono.defer(() -> {
            StatusStorage container = existing(id);
            // The identity is deleted first. After the deletion of the container, it may be the identity of
            // the next container with this name.
            Mono<Void> deleted = identities.delete(id).then(container.delete()).onErrorResume(failure -> container
                    .apply(endRemove())
                    .onErrorComplete()
                    .then(Mono.error(failure)));
            return allowRemoval(container).then(deleted);
        }));
    }

    private StatusStorage existing(String id) {
        StatusStorage container = store.get(id);
        if (container == null) {
            throw new ContainerNotFoundException(id);
        }
        return container;
    }

    /**
     * Allows the removal, or fails. containerd refuses to remove an UNKNOWN container. This supervisor allows
     * it, because it knows whether the process is still running.
     */
    private Mono<Void> allowRemoval(StatusStorage container) {
        ContainerState state = container.current().state();
        if (state != ContainerState.UNKNOWN) {
            return container.apply(beginRemove()).then();
        }
        return identities
                .find(container.id())
                .filterWhen(ProcessIdentity::isRunning)
                .flatMap(running -> Mono.error(new IllegalTransitionException(
                        state, "remove", "its process " + running.pid() + " is still running")));
    }

    /**
     * Resumes a container of an earlier supervisor. If its process is running, emits a Mono that waits for
     * the end and records it.
     */
    private Mono<Mono<Status>> resume(StatusStorage container) {
        return switch (container.current().state()) {
            // Its command never ran, because a command runs only after its process is recorded, see release.
            case CREATED ->
                recordEnd(container, now -> startFailed(now, "the supervisor ended before the start"))
                        .then(Mono.empty());
            case RUNNING -> resumeRunning(container);
            // The earlier supervisor may have been killed between the two steps of recordEnd.
            case EXITED -> identities.delete(container.id()).then(Mono.empty());
            // The status could not be used. A record of the end would replace it, so a person has to decide.
            case UNKNOWN -> Mono.empty();
        };
    }

    private Mono<Mono<Status>> resumeRunning(StatusStorage container) {
        Mono<Mono<Status>> lost =
                Mono.defer(() -> recordEnd(container, Supervisor::lost)).then(Mono.empty());
        return recordedProcess(container)
                .filterWhen(ProcessIdentity::isRunning)
                .flatMap(process -> container
                        .update(status -> withMessage(status, "re-attached by the next supervisor"))
                        .thenReturn(process.ended().then(recordEnd(container, Supervisor::endedUnseen))))
                .switchIfEmpty(lost);
    }

    /**
     * Emits the process of a RUNNING container, which may have ended since then; or nothing if it is known to
     * have ended.
     */
    private Mono<ProcessIdentity> recordedProcess(StatusStorage container) {
        Status status = container.current();
        Instant startedAt = Objects.requireNonNull(status.startedAt(), "startedAt");
        // A supervisor of an older version has saved no identity. The identity that is found instead is saved
        // for the next supervisor.
        Mono<ProcessIdentity> unsaved = ProcessIdentity.startedAbout(status.pid(), startedAt)
                .delayUntil(identity -> identities.save(container.id(), identity));
        return identities
                .find(container.id())
                .filter(identity -> identity.pid() == status.pid())
                .switchIfEmpty(unsaved);
    }

    /**
     * Records an end without an exit code: the parent of the process, an earlier supervisor, would have
     * received the code.
     */
    private static StatusTransition endedUnseen(Instant now) {
        return exited(EXIT_CODE_UNKNOWN, now).andThen(explained("ended after its supervisor; the exit code is lost"));
    }

    private static StatusTransition lost(Instant now) {
        return taskLost(now).andThen(explained("ended while there was no supervisor"));
    }

    private static StatusTransition explained(String message) {
        return StatusTransition.durable("explained", status -> withMessage(status, message).toBuilder()
                .reason(REASON_UNKNOWN)
                .build());
    }

    private static Status withMessage(Status status, String message) {
        return status.toBuilder().message(message).build();
    }

    /**
     * Records an end. If the disk is full for a while, retries the write, because the exit code cannot be
     * read again. Then deletes the identity of the process, because no supervisor needs it any more.
     */
    private Mono<Status> recordEnd(StatusStorage container, Function<Instant, StatusTransition> end) {
        return Mono.defer(() -> {
                    StatusTransition transition = end.apply(Instant.now());
                    return container.apply(transition).retryWhen(UNTIL_WRITTEN);
                })
                .delayUntil(ended -> identities.delete(container.id()));
    }
}
