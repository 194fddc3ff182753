package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.RootLockedException;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.testing.Child;
import io.containerstatus.testing.Strace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** Another process owns the root. */
@Tag("long")
class TwoProcessesTest {
    /** The name that containerd gives to a file while it writes it. */
    private static final String OF_CONTAINERD = ".tmp-status123456789";

    @TempDir
    Path folder;

    private Path root;
    private Child holder;
    private long thread;

    @BeforeEach
    void startHolder() throws IOException {
        root = folder.resolve("root");
        holder = Child.start(HolderProgram.class, root);
        thread = Long.parseLong(holder.line());
        order("create");
        Files.createFile(root.resolve(ContainerAction.ID).resolve(OF_CONTAINERD));
    }

    @AfterEach
    void endHolder() throws InterruptedException {
        holder.kill();
    }

    private void order(String command) throws IOException {
        holder.send(command);
        assertThat(holder.line()).isEqualTo("done " + command);
    }

    private void assertRefused() {
        StepVerifier.create(StatusStore.open(root)).verifyErrorSatisfies(failure -> assertThat(failure)
                .isInstanceOfSatisfying(
                        RootLockedException.class, e -> assertThat(e.root()).isEqualTo(root.toString())));
    }

    private void assertOpens(long pid) {
        StatusStore store = StatusStore.open(root).block(StoreTest.PATIENCE);
        assertThat(store.recovery().writable()).isTrue();
        assertThat(store.find(ContainerAction.ID).current()).isEqualTo(ContainerAction.status(pid));
        store.close().block(StoreTest.PATIENCE);
    }

    private List<String> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(ContainerAction.ID))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(".tmp-status"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theSecondIsRefusedUntilTheFirstCloses() throws IOException {
        assertRefused();
        order("update");
        assertRefused();
        order("close");
        assertOpens(2);
    }

    @Test
    void theLockSurvivesWhateverTheFirstReads() throws IOException {
        order("read");
        assertRefused();
        order("update");
        order("read");
        assertRefused();
    }

    @Test
    void theSecondReadsWithoutTheLockAndTheFirstGoesOn() throws IOException {
        FileCheckpoints reader = FileCheckpoints.at(root);
        StepVerifier.create(reader.list().concatMap(reader::read))
                .expectNext(ContainerAction.status(1))
                .verifyComplete();
        order("update");
        StepVerifier.create(reader.read(ContainerAction.ID))
                .expectNext(ContainerAction.status(2))
                .verifyComplete();
        StepVerifier.create(reader.close()).verifyComplete();
        assertRefused();
    }

    @Test
    void theLockFallsWhenTheFirstIsKilled() throws InterruptedException {
        holder.kill();
        assertOpens(1);
    }

    @Test
    @Tag("faults")
    void whatTheFirstIsWritingIsNotSweptByOneThatIsRefused() throws IOException, InterruptedException {
        Strace.require();
        try (Strace strace = Strace.hold(thread, folder.resolve("trace"), "fsync", 1)) {
            holder.send("update");
            strace.awaitCall("fsync", 1);
            List<String> written = temporaryFiles();
            assertThat(written).hasSize(2);
            assertRefused();
            assertThat(temporaryFiles()).isEqualTo(written);
            assertThat(strace.isIn("fsync", 1)).isTrue();
        }
        assertThat(holder.line()).isEqualTo("done update");
        order("close");
        assertOpens(2);
        assertThat(temporaryFiles()).containsExactly(OF_CONTAINERD);
    }

    @Test
    @Tag("faults")
    void whatTheFirstWasWritingIsSweptOnceItIsKilled() throws IOException, InterruptedException {
        Strace.require();
        try (Strace strace = Strace.attach(thread, folder.resolve("trace"), "inject=fsync:signal=KILL:when=1")) {
            holder.send("update");
            assertThat(holder.awaitEnd()).isEqualTo(128 + 9);
            assertThat(strace.calls()).anyMatch(call -> call.startsWith("fsync("));
        }
        assertThat(temporaryFiles()).hasSize(2);
        assertOpens(1);
        assertThat(temporaryFiles()).containsExactly(OF_CONTAINERD);
    }
}
