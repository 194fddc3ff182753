package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedChannel;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

class DurableWriteTest {
    @TempDir
    Path root;

    private HookedFileSystem files;
    private FileCheckpoints checkpoints;

    @BeforeEach
    void open() {
        files = HookedFileSystem.over(root);
        checkpoints = Samples.opened(files.hooked(root));
    }

    @AfterEach
    void close() {
        files.hook = Hook.NONE;
        complete(checkpoints.close());
    }

    /** The steps of one write, in order. Each fails as on a full disk, or with an unexpected exception. */
    enum Step {
        OPEN_FOLDER(
                false,
                "its folder could not be opened",
                (operation, path) -> operation == FileOperation.OPEN_FOLDER && path.endsWith("/web-1")),
        CREATE(
                false,
                "the new status could not be created",
                (operation, path) -> operation == FileOperation.CREATE_FILE),
        WRITE(false, "the new status could not be written", (operation, path) -> operation == FileOperation.WRITE),
        SYNC(
                false,
                "the new status could not be synced",
                (operation, path) -> operation == FileOperation.FORCE && path.contains("/.tmp-status-")),
        CLOSE(
                false,
                "the new status could not be closed",
                (operation, path) -> operation == FileOperation.CLOSE && path.contains("/.tmp-status-")),
        RENAME(true, "the new status could not be renamed", (operation, path) -> operation == FileOperation.MOVE),
        SYNC_FOLDER(
                true,
                "the folder could not be synced after the rename",
                (operation, path) -> operation == FileOperation.FORCE && path.endsWith("/web-1")),
        CLOSE_FOLDER(
                true,
                "the folder could not be synced after the rename",
                (operation, path) -> operation == FileOperation.CLOSE && path.endsWith("/web-1"));

        final boolean indeterminate;
        final String reason;
        final BiPredicate<FileOperation, String> where;

        Step(boolean indeterminate, String reason, BiPredicate<FileOperation, String> where) {
            this.indeterminate = indeterminate;
            this.reason = reason;
            this.where = where;
        }
    }

    @Nested
    class AFailureAt {
        @BeforeEach
        void writeOnce() {
            complete(checkpoints.write("web-1", CREATED));
        }

        @ParameterizedTest
        @EnumSource(Step.class)
        void eachStepIsReportedByWhatMayBeConcluded(Step step) {
            files.hook = Hook.full(step.where);

            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectErrorSatisfies(failure -> {
                        assertThat(failure)
                                .isExactlyInstanceOf(
                                        step.indeterminate
                                                ? IndeterminateWriteException.class
                                                : NotWrittenException.class)
                                .hasMessageContaining("\"web-1\"")
                                .hasMessageContaining(step.reason)
                                .hasMessageContaining(root.resolve("web-1").toString())
                                .hasMessageEndingWith("No space left on device")
                                .hasRootCauseInstanceOf(FileSystemException.class);
                    })
                    .verify(PATIENCE);
            assertThat(step.indeterminate || Files.exists(root.resolve("web-1/status")))
                    .isTrue();
            if (!step.indeterminate) {
                assertOnlyStatus(CREATED);
            }
        }

        @ParameterizedTest
        @EnumSource(Step.class)
        void eachStepIsReportedTheSameWhenTheFailureIsAnUnexpectedOne(Step step) {
            files.hook = (operation, path) -> {
                if (step.where.test(operation, path)) {
                    throw new IllegalStateException("of the test");
                }
            };

            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectError(step.indeterminate ? IndeterminateWriteException.class : NotWrittenException.class)
                    .verify(PATIENCE);
            if (!step.indeterminate) {
                assertOnlyStatus(CREATED);
            }
        }

        @Test
        void anErrorIsTheCauseOfATypedFailureAndCleanedUpAfter() throws IOException {
            files.hook = (operation, path) -> {
                if (Step.WRITE.where.test(operation, path)) {
                    throw new AssertionError("of the test");
                }
            };

            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(NotWrittenException.class)
                            .hasCauseInstanceOf(AssertionError.class))
                    .verify(PATIENCE);
            assertOnlyStatus(CREATED);
            assertThat(Descriptors.under(root.resolve("web-1"))).isZero();
        }

        @ParameterizedTest
        @EnumSource(Step.class)
        void eachStepLeavesNoTemporaryFileAndNoDescriptor(Step step) throws IOException {
            long before = Descriptors.under(root);
            files.hook = Hook.full(step.where);
            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectError()
                    .verify(PATIENCE);

            assertThat(names()).containsExactly("status");
            assertThat(Descriptors.under(root)).isEqualTo(before);
        }

        @ParameterizedTest
        @EnumSource(Step.class)
        void eachStepIsHealedByTheNextWrite(Step step) {
            files.hook = Hook.full(step.where);
            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectError()
                    .verify(PATIENCE);
            files.hook = Hook.NONE;

            complete(checkpoints.write("web-1", RUNNING));
            assertOnlyStatus(RUNNING);
        }

        @Test
        void theSyncOfTheFileIsNotFollowedByAnotherSyncOfIt() {
            List<String> synced = Collections.synchronizedList(new ArrayList<>());
            files.hook = (operation, path) -> {
                if (operation == FileOperation.FORCE) {
                    synced.add(path);
                    throw new IOException("Input/output error");
                }
            };

            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .hasMessageMatching("status \"web-1\" not changed: the new status could"
                                    + " not be synced \\(.*/web-1/[.]tmp-status-next\\): Input/output error"))
                    .verify(PATIENCE);
            assertThat(synced).hasSize(1);
        }

        @Test
        void theSyncOfTheFolderSaysWhatIsVisibleAndWhatIsNotSafe() {
            files.hook = Hook.full(Step.SYNC_FOLDER.where);

            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectErrorMessage("status \"web-1\" is uncertain on the disk until the next complete write: the"
                            + " folder could not be synced after the rename; the new status is visible but may not"
                            + " survive a crash (" + root + "/web-1/status): No space left on device")
                    .verify(PATIENCE);
        }

        @Test
        void theCleanUpAfterIsASuppressedExceptionAndHidesNothing() {
            files.hook = Hook.full(
                    (operation, path) -> Step.SYNC.where.test(operation, path) || operation == FileOperation.DELETE);

            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectErrorSatisfies(failure -> assertThat(
                                    failure.getCause().getSuppressed())
                            .hasSize(1)
                            .allSatisfy(suppressed -> assertThat(suppressed).hasMessageContaining(".tmp-status-")))
                    .verify(PATIENCE);
        }

        @Test
        void theClosingsAfterAreSuppressedExceptionsToo() {
            files.hook = Hook.full(
                    (operation, path) -> Step.SYNC.where.test(operation, path) || operation == FileOperation.CLOSE);

            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectErrorSatisfies(
                            failure -> assertThat(failure.getCause().getSuppressed())
                                    .extracting(Throwable::getMessage)
                                    .satisfiesExactly(
                                            ofFile -> assertThat(ofFile).contains("/.tmp-status-"),
                                            ofFolder -> assertThat(ofFolder).startsWith(root.resolve("web-1") + ":")))
                    .verify(PATIENCE);
        }

        @Test
        void theRemovalOfTheTemporaryFileIsMadeUpForByTheNextWrite() throws IOException {
            files.hook = Hook.full(
                    (operation, path) -> Step.SYNC.where.test(operation, path) || operation == FileOperation.DELETE);
            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectError()
                    .verify(PATIENCE);
            assertThat(names()).hasSize(2);
            files.hook = Hook.NONE;

            complete(checkpoints.write("web-1", RUNNING));
            assertThat(names()).containsExactly("status");
        }

        @Test
        void theNextWriteSyncsTheRootAgain() {
            files.hook = Hook.full(Step.SYNC_FOLDER.where);
            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectError()
                    .verify(PATIENCE);
            List<String> synced = recordSyncs();

            complete(checkpoints.write("web-1", RUNNING));
            assertThat(synced).contains(root.toString());
        }
    }

    @Test
    void aShortWriteIsContinued() {
        List<FileOperation> operations = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> operations.add(operation);
        complete(checkpoints.write("web-1", RUNNING));

        assertThat(operations.stream().filter(FileOperation.WRITE::equals))
                .hasSizeGreaterThan(text(RUNNING).length() / HookedChannel.LARGEST_WRITE);
        assertOnlyStatus(RUNNING);
    }

    @Test
    void aDocumentTooLargeToBeReadAgainIsRefused() {
        FileCheckpoints small = FileCheckpoints.builder(root.resolve("small"))
                .maxFileSize(text(CREATED).length())
                .build();
        StepVerifier.create(small.open()).expectNextCount(1).verifyComplete();
        complete(small.write("web-1", CREATED));

        StepVerifier.create(
                        small.write("web-1", CREATED.toBuilder().message("!").build()))
                .expectErrorSatisfies(failure -> assertThat(failure).isInstanceOf(StatusTooLargeException.class))
                .verify(PATIENCE);
        StepVerifier.create(small.read("web-1")).expectNext(CREATED).verifyComplete();
        complete(small.close());
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

    private void assertOnlyStatus(Status status) {
        assertThat(FolderSnapshot.of(root.resolve("web-1")))
                .containsOnlyKeys("", "status")
                .containsEntry("status", "rw------- " + text(status));
    }

    private List<String> names() throws IOException {
        try (var entries = Files.list(root.resolve("web-1"))) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
