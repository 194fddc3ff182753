package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
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
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

/** What a write does in addition to the eight system calls, and when it may omit that. */
class PreparationTest {
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

    /** The steps of the preparation, in order. */
    enum Step {
        READ_ATTRIBUTES(
                "the attributes of its folder could not be read",
                (operation, path) -> operation == FileOperation.STAT && path.endsWith("/web-1")),
        CREATE_FOLDER("its folder could not be created", (operation, path) -> operation == FileOperation.CREATE_FOLDER),
        OPEN_FOLDER(
                "its folder could not be opened",
                (operation, path) -> operation == FileOperation.OPEN_FOLDER && path.endsWith("/.status.new-web-1")),
        CREATE_FILE("the new status could not be created", (operation, path) -> operation == FileOperation.CREATE_FILE),
        WRITE("the new status could not be written", (operation, path) -> operation == FileOperation.WRITE),
        SYNC_FILE(
                "the new status could not be synced",
                (operation, path) -> operation == FileOperation.FORCE && path.endsWith("/status")),
        CLOSE_FILE(
                "the new status could not be closed",
                (operation, path) -> operation == FileOperation.CLOSE && path.endsWith("/status")),
        SYNC_FOLDER(
                "its folder could not be synced",
                (operation, path) -> operation == FileOperation.FORCE && path.endsWith("/.status.new-web-1")),
        CLOSE_FOLDER(
                "its folder could not be closed",
                (operation, path) -> operation == FileOperation.CLOSE && path.endsWith("/.status.new-web-1")),
        OPEN_ROOT(
                "the root could not be opened",
                (operation, path) -> operation == FileOperation.OPEN_FOLDER && !path.contains("/.status.new-"));

        final String reason;
        final BiPredicate<FileOperation, String> where;

        Step(String reason, BiPredicate<FileOperation, String> where) {
            this.reason = reason;
            this.where = where;
        }
    }

    @Nested
    class ANewContainer {
        @Test
        void isSyncedThreeTimesTheRootLast() {
            List<String> synced = recordSyncs();
            complete(checkpoints.write("web-1", CREATED));

            assertThat(synced)
                    .containsExactly(
                            root.resolve(".status.new-web-1/status").toString(),
                            root.resolve(".status.new-web-1").toString(),
                            root.toString());
        }

        @ParameterizedTest
        @EnumSource(Step.class)
        void isNotWrittenWhenItCannotBePrepared(Step step) {
            files.hook = Hook.full(step.where);
            Map<String, String> before = FolderSnapshot.of(root);

            StepVerifier.create(checkpoints.write("web-1", CREATED))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(NotWrittenException.class)
                            .hasMessageContaining(step.reason)
                            .hasMessageContaining("(" + root))
                    .verify(PATIENCE);
            assertThat(FolderSnapshot.of(root)).isEqualTo(before);
        }

        @Test
        void keepsItsFolderWhenItMayBeWritten() {
            files.hook =
                    Hook.full((operation, path) -> operation == FileOperation.FORCE && path.equals(root.toString()));

            StepVerifier.create(checkpoints.write("web-1", CREATED))
                    .expectErrorSatisfies(failure -> {
                        assertThat(failure).isInstanceOf(IndeterminateWriteException.class);
                        assertThat(failure.getCause().getSuppressed()).isEmpty();
                        assertThat(failure).hasMessageContaining("may not survive a crash");
                    })
                    .verify(PATIENCE);
            assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
        }

        @Test
        void leavesNothingWhenItCouldNotBeWritten() {
            files.hook = Hook.full((operation, path) -> operation == FileOperation.CREATE_FILE);
            Map<String, String> before = FolderSnapshot.of(root);

            StepVerifier.create(checkpoints.write("web-1", CREATED))
                    .expectError(NotWrittenException.class)
                    .verify(PATIENCE);
            assertThat(FolderSnapshot.of(root)).isEqualTo(before);
        }

        @Test
        void whoseFolderAnEarlierRunLeftUnsyncedHasItSyncedToo() throws IOException {
            Files.createDirectory(root.resolve("web-1"));
            List<String> synced = recordSyncs();
            complete(checkpoints.write("web-1", CREATED));

            assertThat(synced)
                    .containsExactly(
                            root.toString(),
                            root.resolve("web-1/.tmp-status-next").toString(),
                            root.resolve("web-1").toString());
        }

        @Test
        void isNotWrittenWhenTheNameOfSuchAFolderCannotBeSynced() throws IOException {
            Files.createDirectory(root.resolve("web-1"));
            files.hook =
                    Hook.full((operation, path) -> operation == FileOperation.FORCE && path.equals(root.toString()));

            StepVerifier.create(checkpoints.write("web-1", CREATED))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(NotWrittenException.class)
                            .hasMessageEndingWith("the root could not be synced; a crash could lose the container's"
                                    + " folder (" + root + "): No space left on device"))
                    .verify(PATIENCE);
            assertThat(FolderSnapshot.of(root.resolve("web-1"))).containsOnlyKeys("");
        }

        @Test
        void isRefusedWhereALinkHasItsName() throws IOException {
            Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
            Files.createSymbolicLink(root.resolve("web-1"), elsewhere);
            Map<String, String> before = FolderSnapshot.of(root);

            StepVerifier.create(checkpoints.write("web-1", CREATED))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(NotWrittenException.class)
                            .hasMessageContaining(root.resolve("web-1") + "): it is a link or a file, not a folder")
                            .hasRootCauseMessage(root.resolve("web-1") + ": it is a link or a file, not a folder"))
                    .verify(PATIENCE);
            assertThat(FolderSnapshot.of(root)).isEqualTo(before);
        }
    }

    @Nested
    class AKnownContainer {
        @Test
        void isSyncedTwiceAndNoMore() {
            complete(checkpoints.write("web-1", CREATED));
            List<String> synced = recordSyncs();
            complete(checkpoints.write("web-1", RUNNING));

            assertThat(synced).hasSize(2).last().isEqualTo(root.resolve("web-1").toString());
        }

        @Test
        void isKnownFromTheOpening() throws IOException {
            reopenWithOneContainer();
            List<String> synced = recordSyncs();
            complete(checkpoints.write("web-1", RUNNING));

            assertThat(synced).hasSize(2).last().isEqualTo(root.resolve("web-1").toString());
        }

        @Test
        void isKnownFromTheOpeningAlsoAfterAnotherOneFailed() throws IOException {
            reopenWithOneContainer();
            complete(checkpoints.delete("other"));
            List<String> synced = recordSyncs();
            complete(checkpoints.write("web-1", RUNNING));

            assertThat(synced).hasSize(2);
        }

        @Test
        void isNotKnownFromTheOpeningOnceItWasDeleted() throws IOException {
            reopenWithOneContainer();
            complete(checkpoints.delete("web-1"));
            List<String> synced = recordSyncs();
            complete(checkpoints.write("web-1", RUNNING));

            assertThat(synced).hasSize(3).last().isEqualTo(root.toString());
            assertThat(root.resolve("web-1/status")).hasContent(text(RUNNING));
        }

        @Test
        void isNotKnownFromReadingIt() throws IOException {
            Samples.put(root, "web-1", CREATED);
            StepVerifier.create(checkpoints.read("web-1")).expectNext(CREATED).verifyComplete();
            List<String> synced = recordSyncs();
            complete(checkpoints.write("web-1", RUNNING));

            // The program that created its folder may not have synced the root.
            assertThat(synced).hasSize(3).first().isEqualTo(root.toString());
        }

        private void reopenWithOneContainer() throws IOException {
            complete(checkpoints.close());
            Samples.put(root, "web-1", CREATED);
            checkpoints = Samples.opened(files.hooked(root));
        }

        @Test
        void whoseFolderWasTakenAwayIsPreparedAnewBySecondAttempt() throws IOException {
            complete(checkpoints.write("web-1", CREATED));
            Files.delete(root.resolve("web-1/status"));
            Files.delete(root.resolve("web-1"));

            StepVerifier.create(checkpoints.write("web-1", RUNNING))
                    .expectError(NotWrittenException.class)
                    .verify(PATIENCE);
            complete(checkpoints.write("web-1", RUNNING));
            assertThat(root.resolve("web-1/status")).hasContent(text(RUNNING));
        }
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
