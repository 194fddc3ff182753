package io.containerstatus.examples;

import static io.containerstatus.StatusTransitions.beginStart;
import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.endStart;
import static io.containerstatus.StatusTransitions.exited;
import static io.containerstatus.StatusTransitions.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.ContainerState;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** The Java snippets of the README, run. {@link ReadmeTest} holds the README to the regions marked here. */
class ReadmeSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path root;

    private final Queue<String> shown = new ConcurrentLinkedQueue<>();

    private void show(String line) {
        shown.add(line);
    }

    @Test
    void firstExample() {
        long pid = 4711;
        Instant startedAt = Instant.now();
        Instant endedAt = startedAt.plusSeconds(1);
        // region first example
        Flux<Status> life = StatusStore.using(root, store -> {
            store.changes(Delivery.latest().stateChangesOnly())
                    .subscribe(change -> show(change.id() + " is " + change.state()));
            // On the disk, committed and told, in this order, when it emits.
            return store.create("web-1", created(Instant.now()))
                    // In memory only: it keeps others from starting or removing it.
                    .flatMap(web -> web.apply(beginStart())
                            // Durable, as create: the transition knows it.
                            .then(web.apply(started(pid, startedAt)))
                            .then(web.apply(endStart()))
                            .then(web.apply(exited(0, endedAt))));
        });
        // endregion

        StepVerifier.create(life)
                .assertNext(status -> assertThat(status)
                        .returns(ContainerState.EXITED, Status::state)
                        .returns(false, Status::starting))
                .expectComplete()
                .verify(PATIENCE);
        assertThat(shown).doesNotHaveDuplicates().last().isEqualTo("web-1 is EXITED");

        StepVerifier.create(life).expectError(AlreadyExistsException.class).verify(PATIENCE);
    }

    @Test
    void watching() {
        StatusStore store = StatusStore.open(root).block(PATIENCE);
        StatusStorage web = store.create("web-1", created(Instant.now())).block(PATIENCE);
        // region watching
        // To show: a slow subscriber skips to the newest status, is told how many it skipped, and never misses the end.
        Flux<StatusChange> latest = store.changes();

        // To audit: every single change, or an error that says how many were missed.
        Flux<StatusChange> every = store.changes(Delivery.everyWithMaxLag(10_000));

        // To wait: every commit is looked at, the current status first.
        Mono<Status> ended = web.await(status -> status.state() == ContainerState.EXITED);
        // endregion

        List<Flux<Object>> watchers = List.of(
                latest.map(change -> change.current().exitCode()),
                every.map(change -> change.current().exitCode()),
                ended.flux().map(Status::exitCode));
        web.apply(exited(3, Instant.now())).block(PATIENCE);
        for (Flux<Object> watcher : watchers) {
            StepVerifier.create(watcher.take(1)).expectNext(3).expectComplete().verify(PATIENCE);
        }
        store.close().block(PATIENCE);
    }

    @Test
    void retrying() {
        StatusStore store = StatusStore.open(root).block(PATIENCE);
        StatusStorage web = store.create("web-1", created(Instant.now())).block(PATIENCE);
        Instant endedAt = Instant.now();
        // region retrying
        Mono<Status> recorded = web.apply(exited(0, endedAt))
                .retryWhen(Retry.backoff(10, Duration.ofMillis(100))
                        .filter(failure -> !(failure instanceof OwnershipLostException)
                                && (failure instanceof NotWrittenException
                                        || failure instanceof IndeterminateWriteException))
                        .onRetryExhaustedThrow((retry, last) -> last.failure()));
        // endregion

        StepVerifier.create(recorded.map(Status::finishedAt))
                .expectNext(endedAt)
                .expectComplete()
                .verify(PATIENCE);
        store.close().block(PATIENCE);
    }

    @Test
    void reading() throws IOException {
        Files.writeString(
                Files.createDirectory(root.resolve("good")).resolve("status"),
                "{\"Version\":\"v1\",\"Pid\":7,\"CreatedAt\":1,\"StartedAt\":2,\"FinishedAt\":0,\"ExitCode\":0,"
                        + "\"Reason\":\"\",\"Message\":\"\",\"Resources\":null}");
        Files.createFile(Files.createDirectory(root.resolve("torn")).resolve("status"));
        Path containers = root;
        // region reading
        FileCheckpoints files = FileCheckpoints.at(containers);
        Flux<String> lines = files.list().flatMap(id -> files.read(id)
                .map(status -> id + " is " + status.state() + ", pid " + status.pid())
                .onErrorResume(StatusException.class, bad -> Mono.just(bad.getMessage())));
        // endregion

        StepVerifier.create(lines.sort())
                .expectNext(root.toRealPath() + "/torn/status: not a container status: the document is empty (byte 0)")
                .expectNext("good is RUNNING, pid 7")
                .expectComplete()
                .verify(PATIENCE);
        files.close().block(PATIENCE);
    }
}
