package io.containerstatus.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** What becomes of a request whose client disconnects. */
class ProcessesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path folder;

    private StatusStore store;
    private Processes processes;

    @BeforeEach
    void open() {
        Path root = folder.resolve("containers");
        store = Objects.requireNonNull(StatusStore.open(root).block(PATIENCE));
        processes = new Processes(store, root, SHORT);
    }

    @AfterEach
    void close() {
        processes.destroy();
        store.close().block(PATIENCE);
    }

    /** A moment of a start. */
    enum Moment {
        CREATED(status -> status.state() == ContainerState.CREATED),
        STARTING(Status::starting),
        RUNNING(status -> status.state() == ContainerState.RUNNING);

        private final Predicate<Status> isNow;

        Moment(Predicate<Status> isNow) {
            this.isNow = isNow;
        }
    }

    /** Cancels the request on the thread that commits the first such status, before the request goes on. */
    private void cancelAt(Predicate<Status> moment, Mono<?> request) {
        Sinks.Empty<Void> disconnected = Sinks.empty();
        store.changes(Delivery.latest().on(Schedulers.immediate()))
                .filter(change -> moment.test(change.current()))
                .next()
                .subscribe(change -> disconnected.tryEmitEmpty());
        Object result = request.takeUntilOther(disconnected.asMono()).block(PATIENCE);
        assertThat(result).isNull();
    }

    private void awaitExited(int exitCode) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(store.get("web"))
                .isNotNull()
                .extracting(StatusStorage::current)
                .returns(ContainerState.EXITED, Status::state)
                .returns(exitCode, Status::exitCode));
    }

    @ParameterizedTest
    @EnumSource
    void aStartGoesOnAndItsEndIsRecorded(Moment moment) {
        Path proof = folder.resolve("proof");

        cancelAt(moment.isNow, processes.start("web", List.of("touch", proof.toString())));

        awaitExited(0);
        assertThat(proof).exists();
    }

    @Test
    void aRemovalGoesOn() {
        processes.start("web", List.of("true")).block(PATIENCE);
        awaitExited(0);

        cancelAt(Status::removing, processes.remove("web"));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(store.get("web")).isNull());
    }

    @Test
    void aStopGoesOnToTheKill() {
        String loop =
                "trap '' TERM; touch " + folder.resolve("runs") + "; while [ -d '" + folder + "' ]; do sleep 0.1; done";
        processes.start("web", List.of("sh", "-c", loop)).block(PATIENCE);
        await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("runs")));

        processes.stop("web").subscribe().dispose();

        awaitExited(137);
    }
}
