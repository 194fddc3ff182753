package io.containerstatus.reactive;

import static io.containerstatus.reactive.StoreTest.CREATED;
import static io.containerstatus.reactive.StoreTest.PATIENCE;
import static io.containerstatus.reactive.StoreTest.pid;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTooLargeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** Changes by other programs in the root of a store: the store leaves them alone, and reports them. */
class OtherProgramsTest {
    @TempDir
    Path folder;

    private Path root;
    private StatusStore store;

    @BeforeEach
    void openStore() {
        root = folder.resolve("root");
        store = StatusStore.open(root).block(PATIENCE);
    }

    @AfterEach
    void closeStore() {
        store.close().block(PATIENCE);
    }

    private void reopen() {
        store.close().block(PATIENCE);
        store = StatusStore.open(root).block(PATIENCE);
    }

    private byte[] put(String id, Status status) throws IOException {
        byte[] document = StatusCodec.encode(status);
        Files.createDirectory(root.resolve(id));
        Files.write(root.resolve(id).resolve("status"), document);
        return document;
    }

    @Nested
    class AContainerOfTheirs {
        @Test
        void isNotReplacedByACreation() throws IOException {
            byte[] theirs = put("web-1", pid(7).apply(CREATED));
            StepVerifier.create(store.create("web-1", CREATED)).verifyError(AlreadyExistsException.class);
            assertThat(root.resolve("web-1/status")).hasBinaryContent(theirs);
            assertThat(store.health().writable()).isTrue();
            assertThat(store.health().uncertain()).isEmpty();

            reopen();
            assertThat(store.find("web-1").current().pid()).isEqualTo(7);
        }

        @Test
        void withoutAStatusIsKeptAndReported() throws IOException {
            Files.createDirectory(root.resolve("web-1"));
            reopen();
            assertThat(root.resolve("web-1")).isEmptyDirectory();
            assertThat(store.recovery().containers()).containsExactly(new RecoveredContainer.Missing("web-1"));
        }
    }

    @Test
    void anIdThatDiffersOnlyInCaseIsRefused() {
        store.create("web-1", CREATED).block(PATIENCE);
        StepVerifier.create(store.create("Web-1", CREATED))
                .verifyErrorMessage("container \"Web-1\" cannot be created:"
                        + " container \"web-1\" exists, and its id differs only in case");
        assertThat(store.list()).extracting(StatusStorage::id).containsExactly("web-1");
    }

    @Test
    void leftoversInWhichTheyHaveFilesStayAndAreReported() throws IOException {
        Path leftover = Files.createDirectory(root.resolve(".status.deleted-web-1"));
        Files.createFile(leftover.resolve("of another program"));
        reopen();
        assertThat(store.recovery().leftovers())
                .containsExactly(leftover.toRealPath().toString());
        assertThat(leftover.resolve("of another program")).exists();
    }

    @Test
    void aRootThatTheyReplacedIsNotChangedAndTheHealthSaysSo() throws IOException {
        StatusStorage web = store.create("web-1", CREATED).block(PATIENCE);
        Files.move(root, folder.resolve("moved"));
        Files.createDirectory(root);
        byte[] theirs = put("web-1", pid(7).apply(CREATED));

        StepVerifier.create(web.updateSync(pid(8))).verifyError(NotWrittenException.class);
        StepVerifier.create(web.delete()).verifyError(NotWrittenException.class);
        StepVerifier.create(store.create("web-2", CREATED)).verifyError(NotWrittenException.class);
        assertThat(root.resolve("web-1/status")).hasBinaryContent(theirs);
        assertThat(root).isDirectoryNotContaining("glob:**web-2");
        assertThat(store.health().notWritableReason()).contains("is lost", "open it again");
    }

    @Nested
    class AStatusThatIsTooLarge {
        private final String message = "x".repeat(1 << 20);

        private Status tooLarge(Status status) {
            return status.toBuilder().message(message).build();
        }

        @Test
        void isRefusedInMemoryTooSoThatNoLaterWriteFailsForIt() {
            StatusStorage web = store.create("web-1", CREATED).block(PATIENCE);
            StepVerifier.create(web.update(this::tooLarge)).verifyError(StatusTooLargeException.class);
            StepVerifier.create(web.updateSync(this::tooLarge)).verifyError(StatusTooLargeException.class);
            assertThat(web.current()).isEqualTo(CREATED);
            StepVerifier.create(web.updateSync(pid(7))).expectNextCount(1).verifyComplete();
        }

        @Test
        void isNoContainer() {
            StepVerifier.create(store.create("web-1", tooLarge(CREATED))).verifyError(StatusTooLargeException.class);
            assertThat(store.list()).isEmpty();
            assertThat(root.resolve("web-1")).doesNotExist();
        }
    }
}
