package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.FailingHook;
import io.containerstatus.testing.FailingHook.Moment;
import io.containerstatus.testing.FailingHook.Span;
import io.containerstatus.testing.Failure;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

class DeletionTest {
    @TempDir
    Path root;

    private HookedFileSystem files;
    private FileCheckpoints checkpoints;
    private Path container;

    @BeforeEach
    void open() {
        files = HookedFileSystem.over(root);
        checkpoints = Samples.opened(files.hooked(root));
        complete(checkpoints.write("web-1", CREATED));
        container = root.resolve("web-1");
    }

    @AfterEach
    void close() {
        files.hook = Hook.NONE;
        complete(checkpoints.close());
    }

    /** The steps of a deletion, in order: if every entry is ours, and if there is a file of another program. */
    enum Step {
        OPEN_ROOT(
                false,
                false,
                "the root could not be opened",
                (operation, path) -> operation == FileOperation.OPEN_FOLDER && !path.endsWith("/web-1")),
        READ_ATTRIBUTES(
                false,
                false,
                "the attributes of its folder could not be read",
                (operation, path) -> operation == FileOperation.STAT && path.endsWith("/web-1")),
        LIST_FOLDER(
                false,
                false,
                "its folder could not be listed",
                (operation, path) -> operation == FileOperation.LIST && path.endsWith("/web-1")),
        READ_ATTRIBUTES_OF_STATUS(
                false,
                false,
                "its folder could not be listed",
                (operation, path) -> operation == FileOperation.STAT && path.endsWith("/status")),
        FIND_EARLIER_ONE(
                false,
                false,
                "the leftover of an earlier deletion could not be removed",
                (operation, path) -> operation == FileOperation.STAT && path.endsWith("/.status.deleted-web-1")),
        SYNC_ROOT(
                false,
                true,
                "the root could not be synced",
                (operation, path) -> operation == FileOperation.FORCE && !path.endsWith("/web-1")),
        OPEN_FOLDER(
                true,
                false,
                "its folder could not be opened",
                (operation, path) -> operation == FileOperation.OPEN_FOLDER && path.endsWith("/web-1")),
        REMOVE_KEPT(
                true,
                false,
                "the statuses that were kept aside could not be removed",
                (operation, path) -> operation == FileOperation.DELETE && path.contains("/status.corrupt-")),
        REMOVE_STATUS(
                true,
                false,
                "it could not be removed",
                (operation, path) -> operation == FileOperation.DELETE && path.endsWith("/status")),
        SYNC_FOLDER(
                true,
                true,
                "the folder could not be synced; the status is removed but",
                (operation, path) -> operation == FileOperation.FORCE && path.endsWith("/web-1")),
        REMOVE_TEMPORARY(
                true,
                true,
                "the temporary file of a failed write could not be removed",
                (operation, path) -> operation == FileOperation.DELETE && path.contains("/.tmp-status-"));

        final boolean inPlace;
        final boolean indeterminate;
        final String reason;
        final BiPredicate<FileOperation, String> where;

        Step(boolean inPlace, boolean indeterminate, String reason, BiPredicate<FileOperation, String> where) {
            this.inPlace = inPlace;
            this.indeterminate = indeterminate;
            this.reason = reason;
            this.where = where;
        }
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aFailureIsReportedByWhatMayBeConcludedAndTheNextAttemptSettlesIt(Step step) throws IOException {
        Files.createFile(container.resolve("status.corrupt-20260101T000000.000000000Z"));
        Files.createFile(container.resolve(".tmp-status-next"));
        if (step.inPlace) {
            Files.createFile(container.resolve("foreign"));
        }
        files.hook = Hook.full(step.where);
        StepVerifier.create(checkpoints.delete("web-1"))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isExactlyInstanceOf(
                                step.indeterminate ? IndeterminateWriteException.class : NotWrittenException.class)
                        .hasMessageContaining("\"web-1\"")
                        .hasMessageContaining(step.reason)
                        .hasMessageContaining(root.toString())
                        .hasMessageEndingWith("No space left on device"))
                .verify(PATIENCE);
        assertThat(Files.exists(container.resolve("status"))).isEqualTo(!step.indeterminate);
        files.hook = Hook.NONE;

        complete(checkpoints.delete("web-1"));
        if (step.inPlace) {
            assertThat(FolderSnapshot.of(container)).containsOnlyKeys("", "foreign");
        } else {
            assertThat(FolderSnapshot.of(root)).containsOnlyKeys("", ".status.lock");
        }
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void afterAFailureTheContainerCanBeWrittenAgain(Step step) throws IOException {
        Files.createFile(container.resolve("status.corrupt-20260101T000000.000000000Z"));
        Files.createFile(container.resolve(".tmp-status-next"));
        if (step.inPlace) {
            Files.createFile(container.resolve("foreign"));
        }
        files.hook = Hook.full(step.where);
        StepVerifier.create(checkpoints.delete("web-1")).expectError().verify(PATIENCE);
        files.hook = Hook.NONE;

        complete(checkpoints.write("web-1", RUNNING));
        StepVerifier.create(checkpoints.read("web-1"))
                .expectNext(RUNNING)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void aRenameThatTookEffectAndFailedAllTheSameIsUncertain() {
        FailingHook fault = FailingHook.at(0, Failure.EIO, Span.ONCE, Moment.AFTER_THE_EFFECT);
        files.hook = fault;
        StepVerifier.create(checkpoints.delete("web-1"))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isExactlyInstanceOf(IndeterminateWriteException.class)
                        .hasMessageEndingWith(
                                "its folder could not be renamed; it is uncertain whether the rename took effect ("
                                        + container + "): Input/output error"))
                .verify(PATIENCE);
        assertThat(fault.operations()).contains("MOVE " + root.resolve(".status.deleted-web-1"));
        assertThat(container).doesNotExist();
    }

    @Test
    void aRenameThatFailedAndCannotBeCheckedIsUncertain() {
        List<FileOperation> moves = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> {
            if (operation == FileOperation.MOVE) {
                moves.add(operation);
            }
            Hook.full((next, where) -> !moves.isEmpty()).before(operation, path);
        };
        StepVerifier.create(checkpoints.delete("web-1"))
                .expectError(IndeterminateWriteException.class)
                .verify(PATIENCE);
        assertThat(container.resolve("status")).exists();
    }

    @Test
    void aRemovalThatTookEffectAndFailedAllTheSameIsUncertain() throws IOException {
        Files.createFile(container.resolve("foreign"));
        FailingHook fault = FailingHook.at(0, Failure.EIO, Span.ONCE, Moment.AFTER_THE_EFFECT);
        files.hook = fault;
        StepVerifier.create(checkpoints.delete("web-1"))
                .expectError(IndeterminateWriteException.class)
                .verify(PATIENCE);
        assertThat(fault.operations()).contains("DELETE " + container.resolve("status"));
        assertThat(container.resolve("status")).doesNotExist();
    }

    @Test
    void theFolderIsRenamedDurablyBeforeAnythingIsRemoved() throws IOException {
        Files.createFile(container.resolve(".tmp-status-next"));
        Files.createFile(container.resolve("status.corrupt-20260101T000000.000000000Z"));
        List<String> operations = recordChanges();
        complete(checkpoints.delete("web-1"));

        assertThat(operations)
                .containsExactly(
                        "MOVE .status.deleted-web-1",
                        "FORCE ",
                        "DELETE .status.deleted-web-1/status",
                        "DELETE .status.deleted-web-1/.tmp-status-next",
                        "DELETE .status.deleted-web-1/status.corrupt-20260101T000000.000000000Z",
                        "DELETE .status.deleted-web-1");
    }

    @Test
    void besideForeignFilesTheStatusGoesDurablyAndWhatIsKeptAsideBeforeIt() throws IOException {
        Files.createFile(container.resolve("foreign"));
        Files.createFile(container.resolve(".tmp-status-next"));
        Files.createFile(container.resolve("status.corrupt-20260101T000000.000000000Z"));
        List<String> operations = recordChanges();
        complete(checkpoints.delete("web-1"));

        assertThat(operations)
                .containsExactly(
                        "DELETE web-1/status.corrupt-20260101T000000.000000000Z",
                        "DELETE web-1/status",
                        "FORCE web-1",
                        "DELETE web-1/.tmp-status-next");
    }

    @Test
    void aMountPointStaysWithoutAStatus() throws IOException {
        files.hook = Hook.full((operation, path) -> operation == FileOperation.MOVE
                || path.equals(container.toString()) && operation == FileOperation.DELETE);
        complete(checkpoints.delete("web-1"));
        files.hook = Hook.NONE;

        assertThat(FolderSnapshot.of(container)).containsOnlyKeys("");
        complete(checkpoints.close());
        checkpoints = FileCheckpoints.at(files.hooked(root));
        StepVerifier.create(checkpoints.open())
                .expectNext(new Opened(Access.WRITABLE, List.of(Found.missing("web-1"))))
                .expectComplete()
                .verify(PATIENCE);
        complete(checkpoints.write("web-1", RUNNING));
    }

    @Test
    void aFolderThatCannotBeRenamedIsRemovedUnderItsOwnName() {
        files.hook = Hook.full((operation, path) -> operation == FileOperation.MOVE);
        complete(checkpoints.delete("web-1"));

        assertThat(container).doesNotExist();
    }

    @Test
    void aFolderWithoutAStatusOrAFormerOneStaysAsItIs() throws IOException {
        Files.createDirectory(root.resolve("empty"));
        Files.createFile(Files.createDirectory(root.resolve("foreign")).resolve("file"));
        Map<String, String> before = FolderSnapshot.of(root);
        complete(checkpoints.delete("empty"));
        complete(checkpoints.delete("foreign"));

        assertThat(FolderSnapshot.of(root)).isEqualTo(before);
    }

    @Test
    void aForeignFileThatComesAtTheMomentOfTheRenameStays() throws IOException {
        files.hook = (operation, path) -> {
            if (operation == FileOperation.MOVE) {
                Files.writeString(container.resolve("foreign"), "content");
            }
        };
        complete(checkpoints.delete("web-1"));

        assertThat(FolderSnapshot.of(root))
                .containsOnlyKeys("", ".status.lock", ".status.deleted-web-1", ".status.deleted-web-1/foreign");
        files.hook = Hook.NONE;
        complete(checkpoints.write("web-1", RUNNING));
        complete(checkpoints.delete("web-1"));
        assertThat(root.resolve(".status.deleted-web-1/foreign")).hasContent("content");
        assertThat(container).doesNotExist();
    }

    @Test
    void whatCannotBeRemovedAfterTheSyncStaysForTheNextOpening() {
        files.hook = Hook.full((operation, path) -> operation == FileOperation.DELETE);
        complete(checkpoints.delete("web-1"));
        files.hook = Hook.NONE;
        assertThat(FolderSnapshot.of(root))
                .containsOnlyKeys("", ".status.lock", ".status.deleted-web-1", ".status.deleted-web-1/status");

        complete(checkpoints.close());
        checkpoints = Samples.opened(files.hooked(root));
        assertThat(FolderSnapshot.of(root)).containsOnlyKeys("", ".status.lock");
    }

    @Test
    void whatIsGoneAlreadyIsSyncedAllTheSame() throws IOException {
        Files.delete(container.resolve("status"));
        Files.createFile(container.resolve("foreign"));
        List<String> synced = recordSyncs();
        complete(checkpoints.delete("web-1"));
        assertThat(synced).containsExactly(container.toString());

        synced.clear();
        complete(checkpoints.delete("none"));
        assertThat(synced).containsExactly(root.toString());
    }

    @Test
    void whatIsGoneAlreadyButCannotBeSyncedIsUncertain() {
        files.hook = Hook.full((operation, path) -> operation == FileOperation.FORCE);
        StepVerifier.create(checkpoints.delete("none"))
                .expectError(IndeterminateWriteException.class)
                .verify(PATIENCE);
    }

    @Test
    void foreignFilesStayInAFolderWithoutAStatus() throws IOException {
        for (String foreign : List.of("foreign", ".tmp-status123", ".tmp-status-short", "status.corrupt-mine")) {
            Files.writeString(container.resolve(foreign), foreign);
        }
        Files.createDirectory(container.resolve(".tmp-status-next"));
        Files.createFile(container.resolve("status.corrupt-20260101T000000.000000000Z"));
        Files.createFile(container.resolve("status.corrupt-20260101T000000.000000000Z-12"));
        complete(checkpoints.delete("web-1"));

        assertThat(FolderSnapshot.of(container))
                .containsOnlyKeys(
                        "",
                        "foreign",
                        ".tmp-status123",
                        ".tmp-status-short",
                        "status.corrupt-mine",
                        ".tmp-status-next");
        StepVerifier.create(checkpoints.read("web-1")).expectComplete().verify(PATIENCE);
    }

    @Test
    void aFolderThatWasKeptAsideWithSomethingInItStays() throws IOException {
        Path kept = Files.createDirectory(container.resolve("status.corrupt-20260101T000000.000000000Z"));
        Files.createFile(kept.resolve("inside"));
        complete(checkpoints.delete("web-1"));

        assertThat(kept.resolve("inside")).exists();
        assertThat(container.resolve("status")).doesNotExist();
    }

    @Test
    void aLinkInThePlaceOfTheStatusIsRemovedAndItsTargetStays() throws IOException {
        Path target = Files.writeString(root.resolve("target"), "content");
        Files.delete(container.resolve("status"));
        Files.createSymbolicLink(container.resolve("status"), target);
        complete(checkpoints.delete("web-1"));

        assertThat(container).doesNotExist();
        assertThat(target).hasContent("content");
    }

    @Test
    void aFolderWithContentInThePlaceOfTheStatusIsRefusedAndStays() throws IOException {
        Files.delete(container.resolve("status"));
        Files.createDirectories(container.resolve("status/inside"));
        refusedAndUnchanged("it could not be removed (" + container.resolve("status") + "): the folder is not empty");
    }

    @Test
    void aLinkInThePlaceOfTheFolderIsRefusedAndStays() throws IOException {
        Path elsewhere = root.resolve("elsewhere");
        Files.move(container, elsewhere);
        Files.createSymbolicLink(container, elsewhere);
        Throwable refusal = refusedAndUnchanged(container + "): it is a link or a file, not a folder");
        assertThat(refusal).hasRootCauseMessage(container + ": it is a link or a file, not a folder");
    }

    private Throwable refusedAndUnchanged(String reason) {
        Map<String, String> before = FolderSnapshot.of(root);
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        StepVerifier.create(checkpoints.delete("web-1"))
                .expectErrorSatisfies(failure -> {
                    assertThat(failure).isInstanceOf(NotWrittenException.class).hasMessageContaining(reason);
                    refusal.set(failure);
                })
                .verify(PATIENCE);
        assertThat(FolderSnapshot.of(root)).isEqualTo(before);
        return refusal.get();
    }

    private List<String> recordChanges() {
        List<String> operations = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> {
            if (operation == FileOperation.FORCE
                    || operation == FileOperation.DELETE
                    || operation == FileOperation.MOVE) {
                operations.add(operation + " " + root.relativize(Path.of(path)));
            }
        };
        return operations;
    }

    private List<String> recordSyncs() {
        List<String> synced = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> {
            if (operation == FileOperation.FORCE) {
                synced.add(path);
            }
        };
        return synced;
    }
}
