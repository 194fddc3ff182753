package io.containerstatus.examples;

import static io.containerstatus.StatusTransitions.EXIT_CODE_UNKNOWN;
import static io.containerstatus.StatusTransitions.REASON_UNKNOWN;
import static io.containerstatus.StatusTransitions.beginStart;
import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.endStart;
import static io.containerstatus.StatusTransitions.exited;
import static io.containerstatus.StatusTransitions.startFailed;
import static io.containerstatus.StatusTransitions.started;
import static io.containerstatus.StatusTransitions.taskLost;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.Status;
import io.containerstatus.StatusTransition;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
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
 * Starts processes, waits for their ends, and has the status of each on the disk before it matters. What a supervisor
 * that was killed left behind is taken up by the next one.
 *
 * <p>There is no shutdown code: to end the supervisor, by whatever signal, is the crash that it is made for. The
 * processes live on.
 */
final class Supervisor {
    /**
     * Both failures leave the old status in memory and allow another attempt, which settles what is stored. A lost ownership
     * is one of them by its type, and is for good.
     */
    private static final Retry UNTIL_WRITTEN = Retry.backoff(10, Duration.ofMillis(100))
            .maxBackoff(Duration.ofSeconds(2))
            .filter(failure -> !(failure instanceof OwnershipLostException)
                    && (failure instanceof NotWrittenException || failure instanceof IndeterminateWriteException))
            .onRetryExhaustedThrow((retry, last) -> last.failure());

    /** A prefetch; without one, the operator keeps the first of several errors only. */
    private static final int ONE_AT_A_TIME = 1;

    private final StatusStore store;
    private final ProcessIdentities identities;

    Supervisor(StatusStore store, ProcessIdentities identities) {
        this.store = store;
        this.identities = identities;
    }

    /**
     * Takes up what is recorded, then starts the commands, one after the other; from then on it waits for all of them
     * at once. A command that fails stops no other.
     *
     * @param commands the commands by the name of their container
     * @return emits the status of each at its end; fails at the end of all with what went wrong with any
     */
    Flux<Status> supervise(Map<String, List<String>> commands) {
        Flux<Mono<Status>> resumed =
                Flux.defer(() -> Flux.fromIterable(store.list())).concatMapDelayError(this::resume, ONE_AT_A_TIME);
        Flux<Mono<Status>> started = Flux.fromIterable(commands.entrySet())
                .concatMapDelayError(command -> start(command.getKey(), command.getValue()), ONE_AT_A_TIME);
        return Flux.concatDelayError(resumed, started)
                .flatMapDelayError(end -> end, /* concurrency= */ Integer.MAX_VALUE, ONE_AT_A_TIME);
    }

    /** CREATED, starting, RUNNING. Emits what waits for the end and records it, or nothing when the start failed. */
    private Mono<Mono<Status>> start(String name, List<String> command) {
        return Mono.defer(() -> store.create(name, created(Instant.now()))).flatMap(container -> container
                .apply(beginStart())
                .then(GatedProcess.create(command))
                .flatMap(process -> release(container, process))
                .map(process -> recordExit(container, process))
                .onErrorResume(
                        failure -> recordEnd(container, now -> startFailed(now, String.valueOf(failure.getMessage()))
                                        .andThen(endStart()))
                                .then(Mono.empty())));
    }

    /**
     * Lets the process run its command when its identity and its status are on the disk. If the supervisor is killed
     * before that, the next one finds a record without a process. There is never a process without a record, which
     * nobody would find.
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

    /** Finds out what became of a container of an earlier supervisor. Emits what waits for its end, if it runs. */
    private Mono<Mono<Status>> resume(StatusStorage container) {
        return switch (container.current().state()) {
            // Its command never ran: that needs a record of a process first, see release.
            case CREATED ->
                recordEnd(container, now -> startFailed(now, "the supervisor ended before the start"))
                        .then(Mono.empty());
            case RUNNING -> resumeRunning(container);
            // The supervisor before may have been killed between the two steps of recordEnd.
            case EXITED -> identities.delete(container.id()).then(Mono.empty());
            // The status could not be read. A record of the end would overwrite the evidence. This is for a human.
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

    /** Emits the process of a RUNNING container, which may have ended since; or nothing if it is known to have ended. */
    private Mono<ProcessIdentity> recordedProcess(StatusStorage container) {
        Status status = container.current();
        Instant startedAt = Objects.requireNonNull(status.startedAt(), "startedAt");
        // A supervisor of an older version has saved no identity. What is found instead is saved for the next one.
        Mono<ProcessIdentity> unsaved = ProcessIdentity.startedAbout(status.pid(), startedAt)
                .delayUntil(identity -> identities.save(container.id(), identity));
        return identities
                .find(container.id())
                .filter(identity -> identity.pid() == status.pid())
                .switchIfEmpty(unsaved);
    }

    /** The exit code of a process goes to its parent, and that was the supervisor before. */
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
     * Records an end, and keeps trying when the disk is full for a while: the process cannot be asked again. After that,
     * nobody needs to recognise the process.
     */
    private Mono<Status> recordEnd(StatusStorage container, Function<Instant, StatusTransition> end) {
        return Mono.defer(() -> {
                    StatusTransition transition = end.apply(Instant.now());
                    return container.apply(transition).retryWhen(UNTIL_WRITTEN);
                })
                .delayUntil(ended -> identities.delete(container.id()));
    }
}
