package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.put;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.Child;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** File systems that cannot sync a folder or cannot lock a file, with and without the setting that accepts it. */
class WeakerFileSystemTest {
    private static final String NO_FOLDER_SYNC = "the file system cannot sync a folder (Invalid argument)";
    private static final String NO_LOCK = "the file system cannot lock files (No locks available)";

    @TempDir
    Path folder;

    private Path root;
    private HookedFileSystem files;

    @BeforeEach
    void createRoot() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        files = HookedFileSystem.over(folder);
    }

    @Nested
    class WithoutSyncsOfFolders {
        @BeforeEach
        void refuse() {
            files.hook = failing(FileOperation.FORCE, true, "Invalid argument");
        }

        @Test
        void aRootIsReadAndTheReasonNamesCauseAndSetting() throws IOException {
            put(root, "web-1", CREATED);
            FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));

            assertThat(open(checkpoints))
                    .isEqualTo(Access.readOnly("root " + root + " can only be read: its sync failed: " + NO_FOLDER_SYNC
                            + "; set acceptUnsyncedFolders() to accept this"));
            assertThat(checkpoints.access().writable()).isFalse();
            complete(checkpoints.close());
        }

        @Test
        void aSyncThatIsRefusedIsNotRepeated() {
            List<String> syncs = recordSyncs();
            FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));
            open(checkpoints);

            assertThat(syncs).containsExactly(folder.toString());
            complete(checkpoints.close());
        }

        @Test
        void aRootIsSyncedWhereOnlyTheFolderAboveItCannotBe() {
            Hook refusal = files.hook;
            files.hook = (operation, path) -> {
                if (path.equals(folder.toString())) {
                    refusal.before(operation, path);
                }
            };
            List<String> syncs = recordSyncs();
            FileCheckpoints checkpoints = accepting(root);

            assertThat(open(checkpoints).writable()).isTrue();
            assertThat(syncs).endsWith(root.toString());
            complete(checkpoints.close());
        }

        private List<String> recordSyncs() {
            Hook refusal = files.hook;
            List<String> syncs = Collections.synchronizedList(new ArrayList<>());
            files.hook = (operation, path) -> {
                if (operation == FileOperation.FORCE) {
                    syncs.add(path);
                }
                refusal.before(operation, path);
            };
            return syncs;
        }

        @Test
        void aMissingRootIsNotCreatedAndTheFailureNamesCauseAndSetting() {
            Path missing = root.resolve("a/b");
            StepVerifier.create(FileCheckpoints.at(files.hooked(missing)).open())
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(InvalidRootException.class)
                            .hasMessageContaining(NO_FOLDER_SYNC)
                            .hasMessageContaining("acceptUnsyncedFolders()"))
                    .verify(PATIENCE);
            assertThat(root.resolve("a")).doesNotExist();
        }

        @Test
        void aWholeLifeIsWrittenWhereThatIsAcceptedAndTheWeakerPromiseIsReported() throws IOException {
            Path missing = root.resolve("a/b");
            FileCheckpoints checkpoints = accepting(missing);
            Access weaker = new Access(
                    true, "root " + missing + ": " + NO_FOLDER_SYNC + ", so a power cut may undo completed changes");

            assertThat(open(checkpoints)).isEqualTo(weaker);
            put(missing, "web-2", "corrupt");
            Files.createDirectories(missing.resolve("web-3/status"));
            Files.createDirectory(missing.resolve("web-4"));
            Files.createFile(missing.resolve("web-4/status.corrupt-20260101T000000.000000000Z"));
            for (String id : List.of("web-1", "web-2", "web-3", "web-4")) {
                complete(checkpoints.write(id, CREATED));
                complete(checkpoints.write(id, RUNNING));
                assertThat(missing.resolve(id).resolve("status")).hasContent(text(RUNNING));
                complete(checkpoints.delete(id));
                complete(checkpoints.delete(id));
                assertThat(missing.resolve(id)).doesNotExist();
            }
            assertThat(checkpoints.access()).isEqualTo(weaker);
            complete(checkpoints.close());
        }

        @Test
        void anyOtherFailureOfASyncIsOneStill() {
            files.hook = failing(FileOperation.FORCE, true, "Input/output error");
            FileCheckpoints checkpoints = accepting(root);

            assertThat(open(checkpoints).writable()).isFalse();
            complete(checkpoints.close());
        }

        @Test
        void theSyncOfAFileIsNeverLeftOut() {
            FileCheckpoints checkpoints = accepting(root);
            open(checkpoints);
            files.hook = failing(FileOperation.FORCE, false, "Invalid argument");

            StepVerifier.create(checkpoints.write("web-1", CREATED))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(NotWrittenException.class)
                            .hasMessageContaining("could not be synced"))
                    .verify(PATIENCE);
            complete(checkpoints.close());
        }
    }

    @Nested
    class WithoutLocks {
        @BeforeEach
        void refuse() {
            files.hook = failing(FileOperation.LOCK, false, "No locks available");
        }

        @Test
        void aRootIsWrittenWhereThatIsAcceptedAndTheWeakerPromiseIsReported() {
            FileCheckpoints checkpoints = accepting(root);

            assertThat(open(checkpoints))
                    .isEqualTo(new Access(
                            true, "root " + root + ": " + NO_LOCK + ", so other processes are not kept out"));
            complete(checkpoints.write("web-1", CREATED));
            complete(checkpoints.write("web-1", RUNNING));
            complete(checkpoints.delete("web-1"));
            complete(checkpoints.close());
            assertThat(files.openDescriptors()).isZero();
        }

        @Test
        void aSecondOpeningInThisProcessIsRefusedAllTheSame() {
            FileCheckpoints checkpoints = accepting(root);
            open(checkpoints);

            StepVerifier.create(accepting(root).open())
                    .expectError(RootLockedException.class)
                    .verify(PATIENCE);
            complete(checkpoints.close());
        }

        @Test
        void theFileOfAnotherProcessesWriteIsNotSwept() throws IOException {
            put(root, "web-1", CREATED);
            Path temporary = Files.createFile(root.resolve("web-1/.tmp-status-next"));
            FileCheckpoints checkpoints = accepting(root);
            open(checkpoints);

            assertThat(temporary).exists();
            complete(checkpoints.write("web-1", RUNNING));
            assertThat(temporary).doesNotExist();
            complete(checkpoints.close());
        }

        @Test
        void aRootThatIsReplacedIsNoticedAllTheSame() throws IOException {
            FileCheckpoints checkpoints = accepting(root);
            open(checkpoints);
            Files.delete(root.resolve(".status.lock"));

            StepVerifier.create(checkpoints.write("web-1", CREATED))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(NotWrittenException.class)
                            .hasMessageContaining("is lost"))
                    .verify(PATIENCE);
            complete(checkpoints.close());
        }

        @Test
        void anyOtherFailureOfTheLockIsOneStill() {
            files.hook = failing(FileOperation.LOCK, false, "Input/output error");
            FileCheckpoints checkpoints = accepting(root);

            assertThat(open(checkpoints).writable()).isFalse();
            complete(checkpoints.close());
        }

        @Test
        void whereFoldersCannotBeSyncedEitherBothAreReported() {
            Hook noLocks = files.hook;
            Hook noSyncs = failing(FileOperation.FORCE, true, "Invalid argument");
            files.hook = (operation, path) -> {
                noLocks.before(operation, path);
                noSyncs.before(operation, path);
            };
            FileCheckpoints checkpoints = accepting(root);

            Access access = open(checkpoints);
            assertThat(access.writable()).isTrue();
            assertThat(access.reason()).contains(NO_LOCK).contains(NO_FOLDER_SYNC);
            complete(checkpoints.close());
        }
    }

    @Test
    void theSettingsChangeNothingWhereBothIsPossible() {
        FileCheckpoints checkpoints = accepting(root);

        assertThat(checkpoints.access()).isEqualTo(Access.readOnly("root " + root + " is not open"));
        assertThat(open(checkpoints)).isEqualTo(Access.WRITABLE);
        assertThat(checkpoints.access()).isEqualTo(Access.WRITABLE);
        complete(checkpoints.close());
        assertThat(checkpoints.access()).isEqualTo(Access.readOnly("root " + root + " is closed"));
    }

    /** The real messages of the kernel, as the JDK passes them on. */
    @Tag("faults")
    @Nested
    class AKernelThatRefuses {
        @Test
        void theSyncOfAFolder() throws IOException, InterruptedException {
            answers(root, "fsync:error=EINVAL", NO_FOLDER_SYNC);
        }

        @Test
        void aLock() throws IOException, InterruptedException {
            answers(root.resolve(".status.lock"), "fcntl:error=ENOLCK", NO_LOCK);
        }

        private void answers(Path path, String injected, String reason) throws IOException, InterruptedException {
            Child.require("strace is needed, and may have to trace", "strace", "-o", "/dev/null", "true");
            List<String> strace = List.of(
                    "strace",
                    "-f",
                    "-o",
                    "/dev/null",
                    "-P",
                    path.toString(),
                    "-e",
                    "trace=fsync,fcntl",
                    "-e",
                    "inject=" + injected);
            try (Child child = Child.start(strace, ChildProgram.class, "open", root)) {
                assertThat(child.lines())
                        .satisfiesExactly(
                                access -> assertThat(access).contains("writable=false", reason),
                                write -> assertThat(write).contains("NotWrittenException", reason));
            }
            try (Child child = Child.start(strace, ChildProgram.class, "accept", root)) {
                assertThat(child.lines())
                        .satisfiesExactly(
                                access -> assertThat(access).contains("writable=true", reason),
                                write -> assertThat(write).isEqualTo("written"));
            }
        }
    }

    private FileCheckpoints accepting(Path path) {
        return FileCheckpoints.builder(files.hooked(path))
                .acceptUnsyncedFolders()
                .acceptUnlockedRoot()
                .build();
    }

    private static Access open(FileCheckpoints checkpoints) {
        return Objects.requireNonNull(checkpoints.open().map(Opened::access).block(PATIENCE));
    }

    /** Fails the operation on folders only, or on files only. */
    private static Hook failing(FileOperation failing, boolean onFolders, String reason) {
        return (operation, path) -> {
            if (operation == failing && Files.isDirectory(Path.of(path)) == onFolders) {
                throw new IOException(reason);
            }
        };
    }
}
