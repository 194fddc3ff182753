package io.containerstatus.examples;

import static io.containerstatus.StatusTransitions.created;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.ContainerNotFoundException;
import io.containerstatus.ContainerState;
import io.containerstatus.IllegalTransitionException;
import io.containerstatus.Status;
import io.containerstatus.reactive.StatusStore;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What a service asks of a supervisor, beside starts. */
class StopAndRemoveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path folder;

    private Path root;
    private StatusStore store;
    private Supervisor supervisor;

    @BeforeEach
    void open() {
        root = folder.resolve("containers");
        store = Objects.requireNonNull(StatusStore.open(root).block(PATIENCE));
        supervisor = new Supervisor(store, root);
    }

    @AfterEach
    void close() {
        store.close().block(PATIENCE);
    }

    /**
     * Starts a shell that runs this command, and then waits until the folder is removed after the test. Returns once the
     * command was run.
     */
    private Mono<Status> start(String id, String first) {
        String loop = first + "; touch " + folder.resolve(id + "-runs") + "; while [ -d " + folder
                + " ]; do sleep 0.05; done";
        Mono<Status> end = Objects.requireNonNull(
                supervisor.start(id, List.of("sh", "-c", loop)).block(PATIENCE));
        await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve(id + "-runs")));
        return end;
    }

    @Test
    void aProcessIsAskedToEnd() {
        start("web", ":").subscribe();

        StepVerifier.create(supervisor.stop("web", LONG).map(Status::exitCode))
                .expectNext(143)
                .verifyComplete();
        // It had ended before.
        StepVerifier.create(supervisor.stop("web", LONG).map(Status::exitCode))
                .expectNext(143)
                .verifyComplete();
    }

    @Test
    void aProcessThatDoesNotListenIsKilled() {
        start("web", "trap '' TERM").subscribe();

        StepVerifier.create(supervisor.stop("web", SHORT).map(Status::exitCode))
                .expectNext(137)
                .verifyComplete();
    }

    @Test
    void anEndThatNobodyRecordsIsNotWaitedForForEver() {
        Mono<Status> unrecorded = start("web", ":");

        StepVerifier.create(supervisor.stop("web", SHORT)).verifyError(TimeoutException.class);

        unrecorded.block(PATIENCE);
        assertThat(store.find("web").current().state()).isEqualTo(ContainerState.EXITED);
    }

    @Test
    void whatDoesNotRunIsNotStopped() {
        store.create("web", created(Instant.now())).block(PATIENCE);

        StepVerifier.create(supervisor.stop("web", LONG)).verifyError(IllegalTransitionException.class);
        // Not by the beginning of its id.
        StepVerifier.create(supervisor.stop("we", LONG)).verifyError(ContainerNotFoundException.class);
        StepVerifier.create(supervisor.remove("we")).verifyError(ContainerNotFoundException.class);
    }

    @Test
    void whatRunsIsNotRemoved() {
        start("web", ":").subscribe();

        StepVerifier.create(supervisor.remove("web")).verifyError(IllegalTransitionException.class);
        assertThat(store.find("web").current().removing()).isFalse();
        supervisor.stop("web", LONG).block(PATIENCE);
        StepVerifier.create(supervisor.remove("web")).verifyComplete();
        assertThat(store.get("web")).isNull();
        assertThat(root.resolve(".processes/web")).doesNotExist();
    }

    @Test
    void aRemovalThatFailedCanBeTriedAgain() throws IOException {
        store.create("web", created(Instant.now())).block(PATIENCE);
        // A folder that is not empty cannot be deleted as a file.
        Path identity = Files.createDirectories(root.resolve(".processes/web"));
        Path obstacle = Files.createFile(identity.resolve("obstacle"));

        StepVerifier.create(supervisor.remove("web")).verifyError(DirectoryNotEmptyException.class);
        assertThat(store.find("web").current().removing()).isFalse();

        Files.delete(obstacle);
        StepVerifier.create(supervisor.remove("web")).verifyComplete();
        assertThat(store.get("web")).isNull();
    }

    @Test
    void aStartThatIsCancelledIsNotBrokenOff() {
        Path proof = folder.resolve("proof");

        supervisor.start("web", List.of("touch", proof.toString())).subscribe().dispose();

        await().atMost(PATIENCE).until(() -> Files.exists(proof));
        assertThat(store.find("web").current().state()).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    void aRemovalThatIsCancelledIsNotBrokenOff() {
        store.create("web", created(Instant.now())).block(PATIENCE);

        supervisor.remove("web").subscribe().dispose();

        await().atMost(PATIENCE).until(() -> store.get("web") == null);
    }

    @Test
    void whatCannotBeReadIsRemovedOnlyWithoutAProcess() throws IOException {
        start("web", ":");
        store.close().block(PATIENCE);
        Files.writeString(root.resolve("web/status"), "{");
        store = Objects.requireNonNull(StatusStore.open(root).block(PATIENCE));
        supervisor = new Supervisor(store, root);

        StepVerifier.create(supervisor.remove("web")).verifyError(IllegalTransitionException.class);
        assertThat(store.get("web")).isNotNull();
        ProcessIdentity process =
                Objects.requireNonNull(new ProcessIdentities(root).find("web").block(PATIENCE));
        process.kill().then(process.ended()).block(PATIENCE);

        StepVerifier.create(supervisor.remove("web")).verifyComplete();
        assertThat(store.get("web")).isNull();
        assertThat(root.resolve(".processes/web")).doesNotExist();
    }
}
