package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.put;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.Child;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** An entry named {@code status} that was no status is kept by the first write. */
class KeepAsideTest {
    private static final String KEPT = "status.corrupt-20260708T091011.012345678Z";

    @TempDir
    Path root;

    private HookedFileSystem files;
    private FileCheckpoints checkpoints;

    @BeforeEach
    void open() {
        files = HookedFileSystem.over(root);
        Instant now = Instant.parse("2026-07-08T09:10:11.012345678Z");
        checkpoints = FileCheckpoints.builder(files.hooked(root))
                .clock(Clock.fixed(now, ZoneOffset.ofHours(5)))
                .maxFileSize(1000)
                .build();
        StepVerifier.create(checkpoints.open().map(Opened::access))
                .expectNext(Access.WRITABLE)
                .expectComplete()
                .verify(PATIENCE);
    }

    @AfterEach
    void close() {
        files.hook = Hook.NONE;
        complete(checkpoints.close());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"Version\":\"v2\"}", "\0\0\0\0"})
    void aFileThatCannotBeDecodedIsKeptByteForByte(String content) throws IOException {
        put(root, "web-1", content);
        complete(checkpoints.write("web-1", CREATED));

        assertThat(Files.readString(root.resolve("web-1").resolve(KEPT))).isEqualTo(content);
        assertStatus();
    }

    @Test
    void aFileOverTheLimitIsKept() throws IOException {
        put(root, "web-1", " ".repeat(1001));
        complete(checkpoints.write("web-1", CREATED));

        assertThat(root.resolve("web-1").resolve(KEPT)).hasSize(1001);
        assertStatus();
    }

    @Test
    void aFileThatCannotBeReadIsKept() throws IOException {
        put(root, "web-1", RUNNING);
        files.hook = Hook.full((operation, path) -> operation == FileOperation.READ);
        complete(checkpoints.write("web-1", CREATED));

        assertThat(root.resolve("web-1").resolve(KEPT)).hasContent(text(RUNNING));
        files.hook = Hook.NONE;
        assertStatus();
    }

    @Test
    void aFolderIsKeptWithWhatIsInIt() throws IOException {
        Files.createDirectories(root.resolve("web-1/status"));
        Files.writeString(root.resolve("web-1/status/inside"), "content");
        complete(checkpoints.write("web-1", CREATED));

        assertThat(root.resolve("web-1").resolve(KEPT).resolve("inside")).hasContent("content");
        assertStatus();
    }

    @Test
    void aLinkIsKeptAndWhatItLeadsToIsUntouched() throws IOException {
        Path target = Files.writeString(root.resolve("target"), "content");
        Files.createDirectory(root.resolve("web-1"));
        Files.createSymbolicLink(root.resolve("web-1/status"), target);
        complete(checkpoints.write("web-1", CREATED));

        assertThat(Files.readSymbolicLink(root.resolve("web-1").resolve(KEPT))).isEqualTo(target);
        assertThat(target).hasContent("content");
        assertStatus();
    }

    @Test
    void aFifoIsKept() throws IOException, InterruptedException {
        Files.createDirectory(root.resolve("web-1"));
        Child.require("mkfifo is needed", "mkfifo", root.resolve("web-1/status").toString());
        complete(checkpoints.write("web-1", CREATED));

        assertThat(FolderSnapshot.of(root.resolve("web-1"))).containsKey(KEPT);
        assertStatus();
    }

    @Test
    void whatWasKeptBeforeIsNeverReplaced() throws IOException {
        for (int i = 0; i < 3; i++) {
            put(root, "web-1", "bad " + i);
            forgetByFailing();
            complete(checkpoints.write("web-1", CREATED));
        }
        assertThat(root.resolve("web-1").resolve(KEPT)).hasContent("bad 0");
        assertThat(root.resolve("web-1").resolve(KEPT + "-1")).hasContent("bad 1");
        assertThat(root.resolve("web-1").resolve(KEPT + "-2")).hasContent("bad 2");
    }

    @Test
    void aGoodStatusIsNotKept() throws IOException {
        put(root, "web-1", RUNNING);
        complete(checkpoints.write("web-1", CREATED));

        assertThat(FolderSnapshot.of(root.resolve("web-1"))).containsOnlyKeys("", "status");
        assertStatus();
    }

    @Test
    void aReadOfABadStatusChangesNothingAndTheWriteAfterItKeepsIt() throws IOException {
        put(root, "web-1", "bad");
        Map<String, String> before = FolderSnapshot.of(root);
        StepVerifier.create(checkpoints.read("web-1")).expectError().verify(PATIENCE);
        assertThat(FolderSnapshot.of(root)).isEqualTo(before);

        complete(checkpoints.write("web-1", CREATED));
        assertThat(root.resolve("web-1").resolve(KEPT)).hasContent("bad");
    }

    @Test
    void itIsKeptDurablyBeforeItIsReplacedAndAfterTheNewStatusIsSafe() throws IOException {
        put(root, "web-1", "bad");
        List<FileOperation> operations = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> {
            if (operation == FileOperation.FORCE
                    || operation == FileOperation.LINK
                    || operation == FileOperation.MOVE) {
                operations.add(operation);
            }
        };
        complete(checkpoints.write("web-1", CREATED));

        assertThat(operations)
                .containsExactly(
                        FileOperation.FORCE, // the root
                        FileOperation.FORCE, // the new status, under its temporary name
                        FileOperation.LINK, // the bad one's second name
                        FileOperation.FORCE, // the folder with it
                        FileOperation.MOVE,
                        FileOperation.FORCE);
    }

    @Test
    void whatCannotBeLinkedIsMovedDurablyBeforeItIsReplaced() throws IOException {
        put(root, "web-1", "bad");
        List<FileOperation> operations = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> {
            if (operation == FileOperation.FORCE || operation == FileOperation.MOVE) {
                operations.add(operation);
            }
            if (operation == FileOperation.LINK) {
                throw new UnsupportedOperationException();
            }
        };
        complete(checkpoints.write("web-1", CREATED));

        assertThat(operations)
                .containsExactly(
                        FileOperation.FORCE, // the root
                        FileOperation.FORCE, // the new status, under its temporary name
                        FileOperation.MOVE, // the bad one
                        FileOperation.FORCE, // the folder with it
                        FileOperation.MOVE,
                        FileOperation.FORCE);
    }

    @Test
    void whatWasKeptBeforeIsNotReplacedWhereItCannotBeChecked() throws IOException {
        put(root, "web-1", "bad 0");
        complete(checkpoints.write("web-1", CREATED));
        put(root, "web-1", "bad 1");
        forgetByFailing();
        files.hook = Hook.full((operation, path) -> operation == FileOperation.STAT && path.endsWith(KEPT));
        StepVerifier.create(checkpoints.write("web-1", CREATED))
                .expectError(NotWrittenException.class)
                .verify(PATIENCE);

        assertThat(root.resolve("web-1").resolve(KEPT)).hasContent("bad 0");
        assertThat(root.resolve("web-1/status")).hasContent("bad 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad", ""})
    void aFailureBeforeLeavesAllAsItWas(String content) throws IOException {
        put(root, "web-1", content);
        Map<String, String> before = FolderSnapshot.of(root);
        files.hook = Hook.full((operation, path) -> operation == FileOperation.FORCE && path.contains(".tmp-status-"));

        StepVerifier.create(checkpoints.write("web-1", CREATED))
                .expectError(NotWrittenException.class)
                .verify(PATIENCE);
        assertThat(FolderSnapshot.of(root)).isEqualTo(before);
    }

    @Test
    void aFailureToKeepItDurablyLeavesAllAsItWas() throws IOException {
        put(root, "web-1", "bad");
        Map<String, String> before = FolderSnapshot.of(root);
        files.hook = Hook.full((operation, path) -> operation == FileOperation.FORCE && path.endsWith("/web-1"));

        StepVerifier.create(checkpoints.write("web-1", CREATED))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(NotWrittenException.class)
                        .hasMessageContaining("could not be kept aside"))
                .verify(PATIENCE);
        assertThat(FolderSnapshot.of(root)).isEqualTo(before);
    }

    @Test
    void withoutHardLinksItIsMoved() throws IOException {
        put(root, "web-1", "bad");
        files.hook = (operation, path) -> {
            if (operation == FileOperation.LINK) {
                throw new UnsupportedOperationException();
            }
        };
        complete(checkpoints.write("web-1", CREATED));

        assertThat(root.resolve("web-1").resolve(KEPT)).hasContent("bad");
        assertStatus();
    }

    @Test
    void withoutHardLinksAFailureToKeepItDurablyMovesItBack() throws IOException {
        put(root, "web-1", "bad");
        Map<String, String> before = FolderSnapshot.of(root);
        files.hook = (operation, path) -> {
            if (operation == FileOperation.LINK) {
                throw new UnsupportedOperationException();
            }
            Hook.full((next, folder) -> next == FileOperation.FORCE && folder.endsWith("/web-1"))
                    .before(operation, path);
        };

        StepVerifier.create(checkpoints.write("web-1", CREATED))
                .expectError(IndeterminateWriteException.class)
                .verify(PATIENCE);
        assertThat(FolderSnapshot.of(root)).isEqualTo(before);
    }

    @Test
    void withoutHardLinksAFailureToMoveItBackIsASuppressedExceptionAndItStaysKept() throws IOException {
        put(root, "web-1", "bad");
        files.hook = (operation, path) -> {
            if (operation == FileOperation.LINK) {
                throw new UnsupportedOperationException();
            }
            Hook.full((next, target) -> (next == FileOperation.FORCE && target.endsWith("/web-1"))
                            || (next == FileOperation.MOVE && target.endsWith("/status")))
                    .before(operation, path);
        };

        StepVerifier.create(checkpoints.write("web-1", CREATED))
                .expectErrorSatisfies(failure -> {
                    assertThat(failure).isInstanceOf(IndeterminateWriteException.class);
                    assertThat(failure.getCause().getSuppressed())
                            .singleElement()
                            .satisfies(suppressed -> assertThat(suppressed).hasMessageContaining("/web-1/status"));
                })
                .verify(PATIENCE);
        assertThat(root.resolve("web-1").resolve(KEPT)).hasContent("bad");
    }

    @Test
    void whatAnEarlierProcessHasMovedIsMadeDurableBeforeANewStatusReplacesIt() throws IOException {
        Files.move(put(root, "web-1", "bad"), root.resolve("web-1").resolve(KEPT));
        Map<String, String> before = FolderSnapshot.of(root);
        files.hook = Hook.full((operation, path) -> operation == FileOperation.FORCE && path.endsWith("/web-1"));

        StepVerifier.create(checkpoints.write("web-1", CREATED))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(NotWrittenException.class)
                        .hasMessageContaining("kept beside it, could not be synced"))
                .verify(PATIENCE);
        assertThat(FolderSnapshot.of(root)).isEqualTo(before);
    }

    @Test
    void theDeletionRemovesItToo() throws IOException {
        put(root, "web-1", "bad");
        complete(checkpoints.write("web-1", CREATED));
        complete(checkpoints.delete("web-1"));

        assertThat(root.resolve("web-1")).doesNotExist();
    }

    /** A failed write makes the next one check the entry again. */
    private void forgetByFailing() {
        files.hook = Hook.full((operation, path) -> operation == FileOperation.CREATE_FILE);
        StepVerifier.create(checkpoints.write("web-1", CREATED)).expectError().verify(PATIENCE);
        files.hook = Hook.NONE;
    }

    private void assertStatus() {
        StepVerifier.create(checkpoints.read("web-1"))
                .expectNext(CREATED)
                .expectComplete()
                .verify(PATIENCE);
        assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
    }
}
