package io.containerstatus.reactive;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.exited;
import static io.containerstatus.StatusTransitions.started;
import static io.containerstatus.reactive.StoreTest.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerState;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.testing.CrashedRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** A store with a journal in front of its files. */
class JournaledStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");

    @TempDir
    Path folder;

    private final List<StatusStore> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(store -> store.close().block(PATIENCE));
    }

    private StatusStore open(Path root, Duration filesWithin) {
        return kept(
                StatusStore.builder(root).journaled(filesWithin, 1 << 20).open().block(PATIENCE));
    }

    private StatusStore kept(StatusStore store) {
        opened.add(Objects.requireNonNull(store));
        return store;
    }

    private static Status inFile(Path root, String id) {
        FileCheckpoints reader = FileCheckpoints.at(root);
        try {
            return reader.read(id).block(PATIENCE);
        } finally {
            reader.close().block(PATIENCE);
        }
    }

    @Test
    void anExitThatWasAcknowledgedSurvivesACrashThoughItsFileIsOld() throws IOException {
        Path root = folder.resolve("root");
        StatusStore store = open(root, Duration.ofHours(1));
        StatusStorage web = store.create("web", created(NOW)).block(PATIENCE);
        web.apply(started(42, NOW)).block(PATIENCE);
        web.apply(exited(1, NOW)).block(PATIENCE);
        assertThat(inFile(root, "web").state()).isEqualTo(ContainerState.CREATED);
        assertThat(store.health().backlog().containers()).isEqualTo(1);
        assertThat(store.health().backlog().oldestAge()).isPositive();
        StatusStore next = open(CrashedRoot.copy(root, folder), Duration.ofHours(1));
        assertThat(next.get("web").current().state()).isEqualTo(ContainerState.EXITED);
        assertThat(next.get("web").current().exitCode()).isEqualTo(1);
        assertThat(next.recovery().containers()).containsExactly(new RecoveredContainer.Recovered("web", true));
        assertThat(next.recovery().damage()).isEmpty();
    }

    @Test
    void theSameStreamComesAsFromFiles() {
        StatusStore store = open(folder.resolve("root"), Duration.ofMillis(50));
        StatusStorage web = store.create("web", created(NOW)).block(PATIENCE);
        StepVerifier.create(web.changes(Delivery.every(100)).map(change -> change.kind() + " " + change.durable()))
                .expectNext("SNAPSHOT true")
                .then(() -> web.apply(started(42, NOW)).block(PATIENCE))
                .expectNext("UPDATED true")
                .then(() -> web.delete().block(PATIENCE))
                .expectNext("DELETED true")
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void aSecondStoreIsKeptOutWithAJournalAndWithout() {
        Path root = folder.resolve("root");
        open(root, Duration.ofHours(1));
        StepVerifier.create(StatusStore.builder(root).journaled().open()).verifyError(RootLockedException.class);
        StepVerifier.create(StatusStore.open(root)).verifyError(RootLockedException.class);
    }

    @Test
    void badBytesStayUntilTheFileFollowsAndAreKeptAside() throws IOException {
        Path root = folder.resolve("root");
        Path file = Files.createDirectories(root.resolve("web")).resolve("status");
        Files.writeString(file, ContainerAction.BAD);
        StatusStore store = open(root, Duration.ofHours(1));
        StatusStorage web = store.get("web");
        assertThat(web.current().state()).isEqualTo(ContainerState.UNKNOWN);
        assertThat(Files.readString(file)).isEqualTo(ContainerAction.BAD);
        web.updateSync(status -> ContainerAction.status(2)).block(PATIENCE);
        store.close().block(PATIENCE);
        assertThat(inFile(root, "web")).isEqualTo(ContainerAction.status(2));
        try (Stream<Path> kept = Files.list(root.resolve("web"))) {
            assertThat(kept.filter(one -> one.getFileName().toString().startsWith("status.corrupt-")))
                    .singleElement()
                    .satisfies(one -> assertThat(Files.readString(one)).isEqualTo(ContainerAction.BAD));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theJournalIsSwitchedOnAndOffBetweenOpenings(boolean byCrashes) throws IOException {
        Path root = folder.resolve("root");
        for (int round = 1; round <= 5; round++) {
            int pid = round;
            StatusStore store = round % 2 == 0
                    ? open(root, Duration.ofHours(1))
                    : kept(StatusStore.open(root).block(PATIENCE));
            StatusStorage web = store.get("web");
            if (web == null) {
                web = store.create("web", created(NOW)).block(PATIENCE);
            } else {
                assertThat(web.current().pid()).isEqualTo(round - 1);
            }
            web.updateSync(status -> status.toBuilder().pid(pid).build()).block(PATIENCE);
            if (byCrashes) {
                root = CrashedRoot.copy(root, folder);
            } else {
                store.close().block(PATIENCE);
                assertThat(inFile(root, "web").pid()).isEqualTo(round);
            }
        }
    }

    @Test
    void aReopenedRootHasAllAcknowledgedUpdatesOfManyCallers() {
        Path root = folder.resolve("root");
        StatusStore store = open(root, Duration.ofMillis(20));
        List<StatusStorage> containers = IntStream.range(0, 50)
                .mapToObj(i -> store.create("c" + i, created(NOW)).block(PATIENCE))
                .toList();
        Flux.fromIterable(containers)
                .flatMap(
                        one -> Flux.range(1, 40)
                                .concatMap(pid -> one.updateSync(
                                        status -> status.toBuilder().pid(pid).build())),
                        50)
                .blockLast(PATIENCE);
        store.close().block(PATIENCE);
        StatusStore next = kept(StatusStore.open(root).block(PATIENCE));
        assertThat(next.list())
                .hasSize(50)
                .allSatisfy(one -> assertThat(one.current().pid()).isEqualTo(40));
    }
}
