package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static io.containerstatus.fs.Samples.put;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.testing.Child;
import io.containerstatus.testing.Failure;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.FolderTree;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * Roots that are replaced, removed or covered by a mount while they are open. The path then leads to
 * another store's files.
 */
@Tag("long")
class LostRootTest {
    @TempDir
    Path folder;

    private Path root;
    private HookedFileSystem files;
    private FileCheckpoints checkpoints;

    @BeforeEach
    void openTheRoot() {
        root = folder.resolve("root");
        files = HookedFileSystem.over(folder);
        checkpoints = opened(files.hooked(root));
        complete(checkpoints.write("web-1", CREATED));
    }

    @AfterEach
    void close() {
        files.hook = Hook.NONE;
        complete(checkpoints.close());
    }

    @Nested
    class ARootThatWasRenamedAway {
        private Path away;

        @BeforeEach
        void putAnotherFolderInItsPlace() throws IOException {
            away = Files.move(root, folder.resolve("away"));
            put(root, "web-1", "of another program");
            Files.createFile(root.resolve(".status.lock"));
        }

        @Test
        void isNotChangedAnyMoreAndNeitherIsTheFolderInItsPlace() {
            assertNothingIsChanged("root " + root + " is lost: its path leads to a folder (", " instead of a folder (");
        }

        @Test
        void staysLostWhenItIsBack() throws IOException {
            assertNothingIsChanged("is lost");
            Files.move(root, folder.resolve("other"));
            Files.move(away, root);

            assertNothingIsChanged("is lost");
            complete(checkpoints.close());
            checkpoints = opened(root);
            complete(checkpoints.write("web-1", RUNNING));
        }

        @Test
        void makesEveryFailureIndeterminateWhereAnEarlierOneWas() throws IOException {
            Files.move(root, folder.resolve("other"));
            Files.move(away, root);
            files.hook = Hook.full((operation, path) -> operation == FileOperation.MOVE);
            fails(checkpoints.write("web-1", RUNNING), IndeterminateWriteException.class);
            files.hook = Hook.NONE;
            Files.move(root, away);

            fails(checkpoints.write("web-1", RUNNING), IndeterminateWriteException.class, "is lost");
            fails(checkpoints.delete("web-1"), IndeterminateWriteException.class, "is lost");
            fails(checkpoints.write("web-2", RUNNING), NotWrittenException.class, "is lost");
        }

        @Test
        void isNotOpenedASecondTimeByTheOwnerOfTheFirst() {
            StepVerifier.create(checkpoints.open())
                    .expectError(RootLockedException.class)
                    .verify(PATIENCE);
            complete(checkpoints.close());

            checkpoints = opened(root);
        }

        @Test
        void isReadAsWhatHasItsPath() throws IOException {
            put(root, "web-1", RUNNING);
            fails(checkpoints.write("web-1", CREATED), NotWrittenException.class);

            StepVerifier.create(checkpoints.read("web-1"))
                    .expectNext(RUNNING)
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }

    @Test
    void aRootThatWasRemovedIsNotCreatedAgain() throws IOException {
        FolderTree.delete(root);

        assertNothingIsChanged("root " + root + " is lost: its path leads to nothing");
    }

    @Test
    void aLinkInThePlaceOfTheRootIsAnotherRoot() throws IOException {
        Path away = Files.move(root, folder.resolve("away"));
        Files.createSymbolicLink(root, away);

        assertNothingIsChanged("is lost: its path leads to a symbolic link (");
    }

    @Test
    void aLockFileThatWasRemovedIsALostRoot() throws IOException {
        Files.delete(root.resolve(".status.lock"));

        assertNothingIsChanged(
                "root " + root + " is lost: the path of its lock file (" + root.resolve(".status.lock")
                        + ") leads to nothing",
                "Close the store, and open it again");
    }

    /** Another process can open the root once the lock file is gone. From then on, that process is the owner. */
    @Nested
    class AnotherOwner {
        private Child owner;

        @BeforeEach
        void opensTheRoot() throws IOException {
            Files.delete(root.resolve(".status.lock"));
            owner = Child.start(ChildProgram.class, "hold", root);
            assertThat(owner.line()).isEqualTo(Access.WRITABLE.toString());
        }

        @AfterEach
        void ends() throws InterruptedException {
            owner.kill();
            owner.close();
        }

        @Test
        void isNotDisturbedByTheFirst() {
            assertNothingIsChanged("another store may have the root now", "leads to a regular file (", " instead of ");
        }

        @Test
        void keepsItsLockWhenTheFirstIsClosed() throws IOException {
            fails(checkpoints.delete("web-1"), NotWrittenException.class);
            complete(checkpoints.close());

            try (Child third = Child.start(ChildProgram.class, "open", root)) {
                assertThat(third.line()).startsWith("RootLockedException");
            }
            StepVerifier.create(FileCheckpoints.at(root).open())
                    .expectError(RootLockedException.class)
                    .verify(PATIENCE);
        }
    }

    /** A sync may take long. A loss of the root meanwhile is noticed before the next change. */
    @Nested
    class DuringAChange {
        @Test
        void theNewStatusDoesNotReplaceThatOfTheNewOwner() throws IOException {
            whenSyncing(".tmp-status-next", () -> {
                replaceTheLock();
                Files.writeString(root.resolve("web-1/status"), text(RUNNING));
            });

            fails(checkpoints.write("web-1", CREATED), NotWrittenException.class, "is lost");
            assertThat(root.resolve("web-1/status")).hasContent(text(RUNNING));
            // It may be the file of a write of the new owner by now.
            assertThat(root.resolve("web-1/.tmp-status-next")).exists();
        }

        @Test
        void whatIsUnreadableIsNotMovedAside() throws IOException {
            put(root, "web-2", "corrupt");
            whenSyncing(".tmp-status-next", LostRootTest.this::replaceTheLock);

            fails(checkpoints.write("web-2", CREATED), NotWrittenException.class, "is lost");
            assertThat(FolderSnapshot.of(root.resolve("web-2"))).containsOnlyKeys("", "status", ".tmp-status-next");
        }

        @Test
        void aDeletionStopsBeforeTheRename() throws IOException {
            put(root, "web-2", CREATED);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.LIST && path.endsWith("web-2")) {
                    replaceTheLock();
                }
            };

            fails(checkpoints.delete("web-2"), NotWrittenException.class, "is lost");
            assertThat(root.resolve("web-2/status")).hasContent(text(CREATED));
        }

        @Test
        void aDeletionDoesNotRemoveTheStatusOfTheNewOwner() throws IOException {
            complete(checkpoints.write("web-2", CREATED));
            Files.createFile(root.resolve("web-2/of another program"));
            files.hook = (operation, path) -> {
                if (operation == FileOperation.OPEN_FOLDER && path.endsWith("web-2")) {
                    replaceTheLock();
                }
            };

            fails(checkpoints.delete("web-2"), NotWrittenException.class, "is lost");
            assertThat(root.resolve("web-2/status")).hasContent(text(CREATED));
        }

        @Test
        void aDeletionDoesNotRemoveWhatOneOfTheNewOwnerHasRenamed() throws IOException {
            put(root, ".status.deleted-web-2", RUNNING);
            complete(checkpoints.write("web-2", CREATED));
            whenSyncing("root", LostRootTest.this::replaceTheLock);

            fails(checkpoints.delete("web-2"), NotWrittenException.class, "is lost");
            assertThat(root.resolve(".status.deleted-web-2/status")).hasContent(text(RUNNING));
        }

        @Test
        void aDeletionDoesNotRemoveTheFolderOfTheNewOwner() throws IOException {
            complete(checkpoints.write("web-2", CREATED));
            whenSyncing("root", LostRootTest.this::replaceTheLock);

            complete(checkpoints.delete("web-2"));
            assertThat(root.resolve(".status.deleted-web-2/status")).hasContent(text(CREATED));
        }

        @Test
        void aDeletionWhereTheFolderStaysStopsBeforeTheTemporaryFile() throws IOException {
            complete(checkpoints.write("web-2", CREATED));
            Files.createFile(root.resolve("web-2/of another program"));
            Files.createFile(root.resolve("web-2/.tmp-status-next"));
            whenSyncing("web-2", LostRootTest.this::replaceTheLock);

            fails(checkpoints.delete("web-2"), IndeterminateWriteException.class, "is lost");
            assertThat(root.resolve("web-2/.tmp-status-next")).exists();
        }

        @Test
        void aCreationStopsBeforeTheRenameAndLeavesTheFolderOfTheNewOwner() throws IOException {
            whenSyncing(".status.new-web-2", LostRootTest.this::replaceTheLock);

            fails(checkpoints.create("web-2", CREATED), NotWrittenException.class, "is lost");
            assertThat(root.resolve("web-2")).doesNotExist();
            assertThat(root.resolve(".status.new-web-2/status")).hasContent(text(CREATED));
        }

        @Test
        void aFailedCreationDoesNotRemoveTheFolderOfTheNewOwner() throws IOException {
            files.hook = (operation, path) -> {
                if (operation == FileOperation.FORCE && path.endsWith(".status.new-web-2")) {
                    replaceTheLock();
                    Failure.EIO.raise(operation, path);
                }
            };

            fails(checkpoints.create("web-2", CREATED), NotWrittenException.class, "Input/output error");
            assertThat(root.resolve(".status.new-web-2")).isDirectory();
        }

        @Test
        void aCreationInAFolderThatIsThereDoesNotReplaceTheFileOfAWriteOfTheNewOwner() throws IOException {
            Files.createDirectory(root.resolve("web-2"));
            Path file = root.resolve("web-2/.tmp-status-next");
            whenSyncing("root", () -> {
                replaceTheLock();
                Files.writeString(file, "of the new owner");
            });

            fails(checkpoints.create("web-2", CREATED), NotWrittenException.class, "is lost");
            assertThat(file).hasContent("of the new owner");
        }
    }

    @Test
    void aRootThatIsReplacedWhileItIsOpenedIsNotSweptAndTheOpeningFails() throws IOException {
        complete(checkpoints.close());
        Files.createFile(root.resolve("web-1/.tmp-status-next"));
        AtomicBoolean replaced = new AtomicBoolean();
        files.hook = (operation, path) -> {
            if (operation == FileOperation.READ && !replaced.getAndSet(true)) {
                replaceTheLock();
            }
        };
        checkpoints = FileCheckpoints.at(files.hooked(root));

        StepVerifier.create(checkpoints.open())
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(InvalidRootException.class)
                        .hasMessageContaining("is lost"))
                .verify(PATIENCE);
        assertThat(root.resolve("web-1/.tmp-status-next")).exists();
        assertThat(files.openDescriptors()).isZero();
    }

    @Test
    void aLockFileThatIsReplacedWhileItIsOpenedIsNotTakenForTheOldOne() throws IOException {
        complete(checkpoints.close());
        AtomicBoolean replaced = new AtomicBoolean();
        files.hook = (operation, path) -> {
            if (operation == FileOperation.LOCK && !replaced.getAndSet(true)) {
                replaceTheLock();
            }
        };
        checkpoints = opened(files.hooked(root));

        try (Child other = Child.start(ChildProgram.class, "open", root)) {
            assertThat(other.line()).startsWith("RootLockedException");
        }
    }

    @Test
    void aRootThatCannotBeCheckedIsNotChangedUntilItCanBeAgain() {
        files.hook = (operation, path) -> {
            if (operation == FileOperation.STAT && path.equals(root.toString())) {
                Failure.EIO.raise(operation, path);
            }
        };
        fails(
                checkpoints.write("web-1", RUNNING),
                NotWrittenException.class,
                "it is not known whether " + root + " is still the one that was opened: Input/output error");
        assertThat(checkpoints.access()).isEqualTo(Access.WRITABLE);
        files.hook = Hook.NONE;

        complete(checkpoints.write("web-1", RUNNING));
    }

    @Test
    void withoutFileKeysTheRootIsWrittenAsLongAsBothAreThere() throws IOException {
        complete(checkpoints.close());
        files.fileKeys = false;
        checkpoints = opened(files.hooked(root));
        complete(checkpoints.write("web-1", RUNNING));
        complete(checkpoints.write("web-2", RUNNING));
        complete(checkpoints.delete("web-2"));
        Files.delete(root.resolve(".status.lock"));

        fails(checkpoints.write("web-1", CREATED), NotWrittenException.class, "is lost");
    }

    @Tag("faults")
    @Nested
    class AFileSystemMountedOverTheRoot {
        @BeforeEach
        void mount() throws IOException, InterruptedException {
            Child.require(
                    "a mount must be permitted", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", root.toString());
        }

        @AfterEach
        void unmount() throws IOException, InterruptedException {
            Child.run("umount", "-l", root);
        }

        @Test
        void isNotWritten() {
            assertNothingIsChanged("is lost: its path leads to a folder (", "a file system was mounted over it");
            assertThat(FolderSnapshot.of(root)).containsOnlyKeys("");
        }

        @Test
        void belongsToTheNextProcess() throws IOException {
            try (Child other = Child.start(ChildProgram.class, "open", root)) {
                assertThat(other.lines()).containsExactly(Access.WRITABLE.toString(), "written");
            }

            assertNothingIsChanged("is lost");
        }
    }

    /** Tries all changes. The root's path must lead to unchanged files, and the checkpoints must report the reason. */
    private void assertNothingIsChanged(String... reasons) {
        Map<String, String> before = Files.exists(root) ? FolderSnapshot.of(root.toAbsolutePath()) : Map.of();

        fails(checkpoints.write("web-1", RUNNING), NotWrittenException.class, reasons);
        fails(checkpoints.write("new", RUNNING), NotWrittenException.class, reasons);
        fails(checkpoints.delete("web-1"), NotWrittenException.class, reasons);
        fails(checkpoints.delete("none"), NotWrittenException.class, reasons);
        assertThat(Files.exists(root) ? FolderSnapshot.of(root) : Map.of()).isEqualTo(before);
        assertThat(checkpoints.access().writable()).isFalse();
        assertThat(checkpoints.access().reason()).contains(reasons);
    }

    private static void fails(Mono<Void> change, Class<? extends Throwable> type, String... reasons) {
        StepVerifier.create(change)
                .expectErrorSatisfies(failure -> {
                    assertThat(failure).isExactlyInstanceOf(type);
                    for (String reason : reasons) {
                        assertThat(failure).hasMessageContaining(reason);
                    }
                })
                .verify(PATIENCE);
    }

    private void replaceTheLock() throws IOException {
        Files.deleteIfExists(root.resolve(".status.lock"));
        Files.createFile(root.resolve(".status.lock"));
    }

    private interface FileAction {
        void run() throws IOException;
    }

    private void whenSyncing(String name, FileAction action) {
        AtomicBoolean done = new AtomicBoolean();
        files.hook = (operation, path) -> {
            if (operation == FileOperation.FORCE && path.endsWith("/" + name) && !done.getAndSet(true)) {
                action.run();
            }
        };
    }
}
