package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

class RootOpeningTest {
    @TempDir
    Path folder;

    @Nested
    class ARootThatIsMissing {
        @Test
        void isCreatedWithTheFoldersAboveIt() {
            complete(opened(folder.resolve("a/b/root")).close());

            assertThat(FolderSnapshot.of(folder.resolve("a")))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "", "folder rwx------",
                            "b", "folder rwx------",
                            "b/root", "folder rwx------",
                            "b/root/.status.lock", "rw------- "));
        }

        @Test
        void hasEveryNewNameSyncedBeforeItIsOpen() {
            List<String> operations = Collections.synchronizedList(new ArrayList<>());
            HookedFileSystem files = HookedFileSystem.over(folder);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.CREATE_FOLDER || operation == FileOperation.FORCE) {
                    operations.add(operation + " " + folder.relativize(Path.of(path)));
                }
            };
            complete(opened(files.hooked(folder.resolve("a/root"))).close());

            assertThat(operations)
                    .containsExactly(
                            "FORCE ..",
                            "CREATE_FOLDER a",
                            "FORCE ",
                            "CREATE_FOLDER a/root",
                            "FORCE a",
                            "FORCE a",
                            "FORCE a/root");
        }

        @Test
        void mayBeAMereNameInTheWorkingFolder() throws IOException {
            Path root = Path.of("root-" + UUID.randomUUID());
            try {
                complete(opened(root).close());
                assertThat(root.toAbsolutePath()).isDirectory();
            } finally {
                Files.deleteIfExists(root.resolve(".status.lock"));
                Files.deleteIfExists(root);
            }
        }

        @Test
        void belowALinkHasTheNameOfWhereThatLeadsSynced() throws IOException {
            Path real = Files.createDirectories(folder.resolve("elsewhere/real"));
            Path link = Files.createSymbolicLink(folder.resolve("link"), real);
            Set<String> synced = ConcurrentHashMap.newKeySet();
            HookedFileSystem files = HookedFileSystem.over(folder);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.FORCE) {
                    synced.add(path);
                }
            };
            complete(opened(files.hooked(link.resolve("root"))).close());

            assertThat(synced)
                    .contains(folder.toRealPath().resolve("elsewhere").toString())
                    .doesNotContain(folder.toString());
        }

        @Test
        void mayBeCreatedBySomeoneElseMeanwhile() throws IOException {
            Path root = folder.resolve("root");
            HookedFileSystem files = HookedFileSystem.over(folder);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.CREATE_FOLDER) {
                    Files.createDirectory(root);
                }
            };
            complete(opened(files.hooked(root)).close());
        }

        @Test
        void isRefusedWhenSomeoneElsePutsAFileThereMeanwhile() throws IOException {
            Path root = folder.resolve("root");
            HookedFileSystem files = HookedFileSystem.over(folder);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.CREATE_FOLDER) {
                    Files.writeString(root, "content");
                }
            };
            StepVerifier.create(FileCheckpoints.at(files.hooked(root)).open())
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(InvalidRootException.class)
                            .hasMessageEndingWith("it exists already"))
                    .verify(PATIENCE);
            assertThat(root).hasContent("content");
        }

        @Test
        void leavesNothingBehindWhenItsNameCannotBeSynced() {
            HookedFileSystem files = HookedFileSystem.over(folder);
            files.hook = Hook.full((operation, path) -> operation == FileOperation.FORCE
                    && path.equals(folder.resolve("a").toString()));
            Map<String, String> before = FolderSnapshot.of(folder);

            StepVerifier.create(FileCheckpoints.at(files.hooked(folder.resolve("a/root")))
                            .open())
                    .expectError(InvalidRootException.class)
                    .verify(PATIENCE);
            assertThat(FolderSnapshot.of(folder)).isEqualTo(before);
        }
    }

    @Nested
    class Refused {
        @Test
        void aFile() throws IOException {
            Path file = Files.writeString(folder.resolve("file"), "content");
            refused(file, "it is not a folder");
        }

        @Test
        void aPathThroughAFile() throws IOException {
            Path file = Files.writeString(folder.resolve("file"), "content");
            refused(file.resolve("root"), file + " is not a folder");
        }

        @Test
        void aDanglingLink() throws IOException {
            Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
            refused(link, "it is a link that does not lead to a folder");
        }

        @Test
        void aPathThroughADanglingLink() throws IOException {
            Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
            refused(link.resolve("root"), link + " is a link that does not lead to a folder");
        }

        @Test
        void aLinkToAFile() throws IOException {
            Path file = Files.writeString(folder.resolve("file"), "content");
            refused(Files.createSymbolicLink(folder.resolve("link"), file), "is a link that does not lead to a folder");
        }

        @Test
        void aMissingOneWhoseParentCannotBeWritten() {
            HookedFileSystem files = HookedFileSystem.over(folder);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.CREATE_FOLDER) {
                    throw new FileSystemException(path, null, "Read-only file system");
                }
            };
            refused(files.hooked(folder.resolve("root")), "Read-only file system");
        }

        private void refused(Path root, String reason) {
            Map<String, String> before = FolderSnapshot.of(folder);
            StepVerifier.create(FileCheckpoints.at(root).open())
                    .expectErrorSatisfies(
                            failure -> assertThat(failure).isInstanceOfSatisfying(InvalidRootException.class, e -> {
                                assertThat(e.root()).isEqualTo(root.toString());
                                assertThat(e).hasMessageContaining(reason);
                            }))
                    .verify(PATIENCE);
            assertThat(FolderSnapshot.of(folder)).isEqualTo(before);
        }
    }

    @Nested
    class ARootThatIsThere {
        @Test
        void hasItsNamesSyncedSinceAnEarlierRunMayHaveEndedBeforeThat() throws IOException {
            Path root = Files.createDirectory(folder.resolve("root"));
            List<String> synced = Collections.synchronizedList(new ArrayList<>());
            HookedFileSystem files = HookedFileSystem.over(folder);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.FORCE) {
                    synced.add(path);
                }
            };
            complete(opened(files.hooked(root)).close());

            assertThat(synced).containsExactly(folder.toString(), root.toString());
        }

        @Test
        void makesWayForTheNextAttemptWhenItsOpeningIsCutShort() {
            Path root = folder.resolve("root");
            HookedFileSystem files = HookedFileSystem.over(folder);
            FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));
            files.hook = (operation, path) -> {
                if (operation == FileOperation.FORCE && path.equals(root.toString())) {
                    throw new AssertionError("of the test");
                }
            };
            StepVerifier.create(checkpoints.open())
                    .expectError(AssertionError.class)
                    .verify(PATIENCE);
            files.hook = Hook.NONE;

            StepVerifier.create(checkpoints.open().map(Opened::access))
                    .expectNext(Access.WRITABLE)
                    .expectComplete()
                    .verify(PATIENCE);
            complete(checkpoints.close());
        }

        @Test
        void mayBeALinkWhichIsResolvedOnce() throws IOException {
            Path first = Files.createDirectory(folder.resolve("first"));
            Path second = Files.createDirectory(folder.resolve("second"));
            Path link = Files.createSymbolicLink(folder.resolve("link"), first);
            FileCheckpoints checkpoints = opened(link);
            FileCheckpoints reader = FileCheckpoints.at(link);
            StepVerifier.create(reader.read("web-1")).expectComplete().verify(PATIENCE);
            Files.delete(link);
            Files.createSymbolicLink(link, second);

            complete(checkpoints.write("web-1", CREATED));
            assertThat(first.resolve("web-1/status")).exists();
            StepVerifier.create(reader.read("web-1"))
                    .expectNext(CREATED)
                    .expectComplete()
                    .verify(PATIENCE);
            assertThat(reader.root()).isEqualTo(link);
            complete(checkpoints.close());
        }

        @Test
        void isNamedWithTheReasonWhenItCannotBeIdentified() throws IOException {
            HookedFileSystem files = HookedFileSystem.over(folder);
            Path root = Files.createDirectory(folder.resolve("root"));
            AtomicBoolean resolved = new AtomicBoolean();
            files.hook = (operation, path) -> {
                if (operation == FileOperation.RESOLVE && path.equals(root.toString())) {
                    resolved.set(true);
                } else if (operation == FileOperation.STAT && resolved.get()) {
                    throw new FileSystemException(path, null, "Input/output error");
                }
            };
            StepVerifier.create(FileCheckpoints.at(files.hooked(root)).open())
                    .expectErrorSatisfies(
                            failure -> assertThat(failure).isInstanceOfSatisfying(InvalidRootException.class, e -> {
                                assertThat(e.root()).isEqualTo(root.toString());
                                assertThat(e)
                                        .hasMessageContaining(root.toString())
                                        .hasMessageEndingWith("Input/output error");
                            }))
                    .verify(PATIENCE);
        }

        @Test
        void isOpenedAfterAFailureHasGone() throws IOException {
            Path root = Files.writeString(folder.resolve("root"), "a file");
            FileCheckpoints checkpoints = FileCheckpoints.at(root);
            StepVerifier.create(checkpoints.open())
                    .expectError(InvalidRootException.class)
                    .verify(PATIENCE);
            Files.delete(root);

            StepVerifier.create(checkpoints.open().map(Opened::access))
                    .expectNext(Access.WRITABLE)
                    .expectComplete()
                    .verify(PATIENCE);
            complete(checkpoints.close());
        }
    }

    /** The failures that a hook can simulate; UnwritableRootsTest has real ones. */
    @Nested
    class ARootThatCannotBeWritten {
        private Path root;

        @BeforeEach
        void nameTheRoot() {
            root = folder.resolve("root");
        }

        @Test
        void isReadWithoutALockWhenTheLockFileCannotBeCreated() throws IOException {
            Samples.put(root, "web-1", CREATED);
            readOnly(Hook.full((operation, path) -> operation == FileOperation.CREATE_FILE), "No space left on device");
            assertThat(root.resolve(".status.lock")).doesNotExist();
        }

        @Test
        void isReadWithASharedLockWhenTheLockFileCannotBeWritten() throws IOException {
            Samples.put(root, "web-1", CREATED);
            Files.createFile(root.resolve(".status.lock"));
            List<FileOperation> operations = Collections.synchronizedList(new ArrayList<>());
            Hook full = Hook.full((operation, path) -> operation == FileOperation.OPEN_TO_LOCK);
            readOnly(
                    (operation, path) -> {
                        operations.add(operation);
                        full.before(operation, path);
                    },
                    "No space left on device");
            assertThat(operations).contains(FileOperation.LOCK);
        }

        @Test
        void isReadWhenItsFileSystemKnowsNoLocks() throws IOException {
            Samples.put(root, "web-1", CREATED);
            readOnly(
                    (operation, path) -> {
                        if (operation == FileOperation.LOCK) {
                            throw new IOException("No locks available");
                        }
                    },
                    "No locks available");
        }

        @Test
        void isReadWhenItCannotBeSynced() throws IOException {
            Samples.put(root, "web-1", CREATED);
            readOnly(Hook.full((operation, path) -> operation == FileOperation.FORCE), "No space left on device");
        }

        private void readOnly(Hook hook, String reason) {
            HookedFileSystem files = HookedFileSystem.over(root);
            files.hook = hook;
            FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));
            StepVerifier.create(checkpoints.open())
                    .assertNext(opened -> {
                        assertThat(opened.containers()).containsExactly(Found.of("web-1", CREATED));
                        Access access = opened.access();
                        assertThat(access.writable()).isFalse();
                        assertThat(access.reason())
                                .startsWith("root " + root + " can only be read: ")
                                .contains(reason);
                    })
                    .expectComplete()
                    .verify(PATIENCE);
            Map<String, String> before = FolderSnapshot.of(root);

            StepVerifier.create(checkpoints.read("web-1"))
                    .expectNext(CREATED)
                    .expectComplete()
                    .verify(PATIENCE);
            StepVerifier.create(checkpoints.list())
                    .expectNext("web-1")
                    .expectComplete()
                    .verify(PATIENCE);
            Consumer<Throwable> notWritten = failure ->
                    assertThat(failure).isInstanceOf(NotWrittenException.class).hasMessageContaining(reason);
            StepVerifier.create(checkpoints.write("web-1", CREATED))
                    .expectErrorSatisfies(notWritten)
                    .verify(PATIENCE);
            StepVerifier.create(checkpoints.delete("web-1"))
                    .expectErrorSatisfies(notWritten)
                    .verify(PATIENCE);
            assertThat(FolderSnapshot.of(root)).isEqualTo(before);
            complete(checkpoints.close());
        }
    }
}
