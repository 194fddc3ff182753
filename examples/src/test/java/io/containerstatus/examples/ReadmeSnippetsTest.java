package io.containerstatus.examples;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.exited;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** The Java snippets of the README, docs/failures.md and docs/files.md, run. {@link ReadmeTest} holds the README to the regions marked here. */
@Tag("long")
class ReadmeSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path root;

    @Test
    void firstExamplePrintsTheEndAndFailsTheSecondTime() throws Exception {
        assertThat(outputOfFirstExample()).last().isEqualTo("web-1 is EXITED");

        assertThat(outputOfFirstExample()).anyMatch(line -> line.contains("AlreadyExistsException"));
    }

    private List<String> outputOfFirstExample() throws Exception {
        Path output = root.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FirstExample.class.getName())
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return Files.readAllLines(output);
    }

    @Test
    void watching() {
        StatusStore store = StatusStore.open(root).block(PATIENCE);
        StatusStorage web = store.create("web-1", created(Instant.now())).block(PATIENCE);
        // region watching
        // To display: a slow subscriber skips to the newest status, and always receives the last one.
        Flux<StatusChange> latest = store.changes();

        // To audit: every change, or an error that says how many were missed.
        Flux<StatusChange> every = store.changes(Delivery.everyWithMaxLag(10_000));

        // To wait: checks the current status, then every committed one.
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
