package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.Child;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Gate;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Tag("long")
class RootLockTest {
    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void createRoot() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
    }

    @Nested
    class InThisProcess {
        @Test
        void aSecondStoreIsRefusedByName() {
            FileCheckpoints first = opened(root);

            StepVerifier.create(FileCheckpoints.at(root).open())
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOfSatisfying(RootLockedException.class, e -> assertThat(e.root())
                                    .isEqualTo(root.toString())))
                    .verify(PATIENCE);
            complete(first.close());
        }

        @Test
        void aSecondStoreDoesNotEvenOpenTheLockFile() {
            FileCheckpoints first = opened(root);
            HookedFileSystem files = HookedFileSystem.over(root);
            List<FileOperation> operations = new CopyOnWriteArrayList<>();
            files.hook = (operation, path) -> operations.add(operation);

            StepVerifier.create(FileCheckpoints.at(files.hooked(root)).open())
                    .expectError(RootLockedException.class)
                    .verify(PATIENCE);
            assertThat(operations).containsOnly(FileOperation.STAT, FileOperation.RESOLVE);
            complete(first.close());
        }

        @Test
        void openingTheSameStoreTwiceIsRefusedAndChangesNothing() {
            FileCheckpoints first = opened(root);

            StepVerifier.create(first.open())
                    .expectError(RootLockedException.class)
                    .verify(PATIENCE);
            complete(first.write("web-1", CREATED));
            complete(first.close());
        }

        @Test
        void anotherPathToTheRootIsTheSameRoot() throws IOException {
            Path link = Files.createSymbolicLink(folder.resolve("link"), root);
            FileCheckpoints first = opened(link);

            StepVerifier.create(FileCheckpoints.at(root).open())
                    .expectError(RootLockedException.class)
                    .verify(PATIENCE);
            complete(first.close());
        }

        @Test
        void aMountOfTheRootElsewhereIsTheSameRoot() throws IOException, InterruptedException {
            Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
            Child.require("a mount must be permitted", "mount", "--bind", root.toString(), elsewhere.toString());
            try {
                FileCheckpoints first = opened(root);
                StepVerifier.create(FileCheckpoints.at(elsewhere).open())
                        .expectError(RootLockedException.class)
                        .verify(PATIENCE);
                assertThat(Descriptors.under(folder)).isEqualTo(1);
                complete(first.close());
            } finally {
                Child.require("what was mounted can be unmounted", "umount", "-l", elsewhere.toString());
            }
        }

        @Test
        void twoRootsAreIndependent() {
            FileCheckpoints first = opened(root);
            FileCheckpoints second = opened(folder.resolve("other"));
            complete(first.close());
            complete(second.close());
        }

        @Test
        void theCloseMakesWayForTheNextOne() {
            for (int i = 0; i < 3; i++) {
                complete(opened(root).close());
            }
        }
    }

    @Nested
    class BetweenProcesses {
        @Test
        void aRootHeldElsewhereIsRefused() throws IOException, InterruptedException {
            try (Child holder = holder()) {
                StepVerifier.create(FileCheckpoints.at(root).open())
                        .expectErrorSatisfies(failure -> assertThat(failure)
                                .isInstanceOfSatisfying(RootLockedException.class, e -> assertThat(e.root())
                                        .isEqualTo(root.toString())))
                        .verify(PATIENCE);
                assertThat(Descriptors.under(root)).isZero();
                holder.kill();
            }
        }

        @Test
        void whatIsRefusedSweepsNothing() throws IOException, InterruptedException {
            try (Child holder = holder()) {
                Path temporary = Files.createFile(
                        Files.createDirectory(root.resolve("web-1")).resolve(".tmp-status-next"));
                StepVerifier.create(FileCheckpoints.at(root).open())
                        .expectError(RootLockedException.class)
                        .verify(PATIENCE);
                assertThat(temporary).exists();
                holder.kill();
            }
        }

        @Test
        void theLockFallsWhenItsHolderIsKilled() throws IOException, InterruptedException {
            try (Child holder = holder()) {
                holder.kill();
                complete(opened(root).close());
            }
        }

        @Test
        void theLockFallsWithTheClose() throws IOException {
            complete(opened(root).close());
            assertThat(answerOfAnotherProcess()).isEqualTo(Access.WRITABLE.toString());
        }

        @Test
        void theLockSurvivesWhateverElseThisProcessDoes() throws IOException {
            FileCheckpoints first = opened(root);
            complete(first.write("web-1", CREATED));
            complete(first.delete("web-1"));
            FileCheckpoints second = FileCheckpoints.at(root);
            StepVerifier.create(second.read("web-1")).expectComplete().verify(PATIENCE);
            StepVerifier.create(second.list()).expectComplete().verify(PATIENCE);
            StepVerifier.create(second.open())
                    .expectError(RootLockedException.class)
                    .verify(PATIENCE);
            complete(second.close());

            assertThat(answerOfAnotherProcess()).startsWith("RootLockedException");
            complete(first.close());
        }

        private Child holder() throws IOException {
            Child holder = Child.start(ChildProgram.class, "hold", root);
            assertThat(holder.line()).isEqualTo(Access.WRITABLE.toString());
            return holder;
        }

        private String answerOfAnotherProcess() throws IOException {
            try (Child child = Child.start(ChildProgram.class, "open", root)) {
                return child.line();
            }
        }
    }

    /** Each class loader has its own class, with its own registry. Only the lock itself separates them. */
    @Nested
    class BetweenClassLoaders {
        @Test
        void theLockIsRespectedAndNotDropped() throws Exception {
            FileCheckpoints first = opened(root);
            try (URLClassLoader loader = anotherLoader()) {
                assertThat(openWith(loader)).hasToString("class io.containerstatus.RootLockedException");
                assertThat(openWith(loader)).hasToString("class io.containerstatus.RootLockedException");
                try (Child child = Child.start(ChildProgram.class, "open", root)) {
                    assertThat(child.line()).startsWith("RootLockedException");
                }
                // One descriptor of the first store, and one for all attempts of the other loader.
                assertThat(Descriptors.under(root)).isEqualTo(2);
                complete(first.close());

                assertThat(openWith(loader)).isNull();
            }
        }

        @Test
        void withTheLockFileRemovedTheOtherOneIsTheOwner() throws Exception {
            FileCheckpoints first = opened(root);
            try (URLClassLoader loader = anotherLoader()) {
                Files.delete(root.resolve(".status.lock"));
                Object second = checkpoints(loader);
                block(second.getClass().getMethod("open").invoke(second));

                StepVerifier.create(first.write("web-1", CREATED))
                        .expectErrorSatisfies(failure -> assertThat(failure)
                                .isExactlyInstanceOf(NotWrittenException.class)
                                .hasMessageContaining("is lost"))
                        .verify(PATIENCE);
                complete(first.close());
                assertThat(failureOfOpening()).isInstanceOf(RootLockedException.class);
                try (Child child = Child.start(ChildProgram.class, "open", root)) {
                    assertThat(child.line()).startsWith("RootLockedException");
                }
                block(second.getClass().getMethod("close").invoke(second));
            }
        }

        /** The channel that is kept from its first attempt refers to the removed file, and locks nothing. */
        @Test
        void anOwnerInAnotherProcessIsRespectedAfterTheLockFileWasRemoved() throws Exception {
            FileCheckpoints first = opened(root);
            try (URLClassLoader loader = anotherLoader()) {
                assertThat(openWith(loader)).hasToString("class io.containerstatus.RootLockedException");
                complete(first.close());
                Files.delete(root.resolve(".status.lock"));
                try (Child owner = Child.start(ChildProgram.class, "hold", root)) {
                    assertThat(owner.line()).isEqualTo(Access.WRITABLE.toString());

                    assertThat(openWith(loader)).hasToString("class io.containerstatus.RootLockedException");
                    owner.kill();
                }
            }
        }

        /** The channel that is kept from its first attempt cannot take an exclusive lock. */
        @Test
        void anOpeningThatCanOnlyReadTheLockFileIsRefusedAndDoesNotDropTheLock() throws Exception {
            HookedFileSystem files = HookedFileSystem.over(root);
            files.hook = Hook.full((operation, path) -> operation == FileOperation.OPEN_TO_LOCK);
            FileCheckpoints reader = FileCheckpoints.at(files.hooked(root));
            try (URLClassLoader loader = anotherLoader()) {
                Object owner = checkpoints(loader);
                block(owner.getClass().getMethod("open").invoke(owner));
                for (int i = 0; i < 3; i++) {
                    StepVerifier.create(reader.open())
                            .expectError(RootLockedException.class)
                            .verify(PATIENCE);
                }
                try (Child child = Child.start(ChildProgram.class, "open", root)) {
                    assertThat(child.line()).startsWith("RootLockedException");
                }
                // One descriptor of the owner, and one for all attempts of the reader.
                assertThat(Descriptors.under(root)).isEqualTo(2);
                block(owner.getClass().getMethod("close").invoke(owner));

                StepVerifier.create(reader.open().map(opened -> opened.access().writable()))
                        .expectNext(false)
                        .expectComplete()
                        .verify(PATIENCE);
                complete(reader.close());
                assertThat(Descriptors.under(root)).isZero();
            }
        }

        private Object checkpoints(ClassLoader loader) throws ReflectiveOperationException {
            Class<?> copy = loader.loadClass(FileCheckpoints.class.getName());
            assertThat(copy).isNotEqualTo(FileCheckpoints.class);
            return copy.getMethod("at", Path.class).invoke(null, root);
        }

        /** Opens the root with the loader's copy; returns the class of the failure, or null. */
        private Class<?> openWith(ClassLoader loader) throws ReflectiveOperationException {
            Object checkpoints = checkpoints(loader);
            try {
                block(checkpoints.getClass().getMethod("open").invoke(checkpoints));
                block(checkpoints.getClass().getMethod("close").invoke(checkpoints));
                return null;
            } catch (InvocationTargetException e) {
                return e.getCause().getClass();
            }
        }

        private void block(Object mono) throws ReflectiveOperationException {
            mono.getClass().getMethod("block").invoke(mono);
        }

        private URLClassLoader anotherLoader() throws MalformedURLException {
            List<URL> urls = new ArrayList<>();
            for (String entry : Child.classPath().split(File.pathSeparator)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
            return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        }
    }

    @Test
    void somethingElseInThePlaceOfTheLockIsRefusedAndLeftAlone() throws IOException {
        Files.createDirectory(root.resolve(".status.lock"));
        Map<String, String> before = FolderSnapshot.of(root);

        StepVerifier.create(FileCheckpoints.at(root).open())
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(InvalidRootException.class, e -> assertThat(e.root())
                                .isEqualTo(root.toString()))
                        .hasMessageContaining(root.resolve(".status.lock").toString()))
                .verify(PATIENCE);
        assertThat(FolderSnapshot.of(root)).isEqualTo(before);
    }

    @Test
    void aLockThatCannotBeTakenIsReportedByFileAndReasonAndLeavesNoDescriptor() throws IOException {
        HookedFileSystem files = HookedFileSystem.over(root);
        files.hook = (operation, path) -> {
            if (operation == FileOperation.LOCK) {
                throw new IOException("No locks available");
            }
        };
        FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));

        StepVerifier.create(checkpoints.open().map(Opened::access))
                .expectNext(Access.readOnly("root " + root + " can only be read: its lock cannot be taken ("
                        + root.resolve(".status.lock") + "): the file system cannot lock files (No locks available);"
                        + " set acceptUnlockedRoot() to accept this"))
                .expectComplete()
                .verify(PATIENCE);
        assertThat(Descriptors.under(root)).isZero();
        complete(checkpoints.close());
    }

    @Test
    void aLockFileThatIsReplacedWheneverItIsOpenedIsGivenUpInTheEnd() throws IOException {
        Path lock = root.resolve(".status.lock");
        HookedFileSystem files = HookedFileSystem.over(root);
        files.hook = (operation, path) -> {
            if (operation == FileOperation.LOCK) {
                Files.delete(lock);
                Files.createFile(lock);
            }
        };
        FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));

        StepVerifier.create(checkpoints.open().map(Opened::access))
                .expectNext(Access.readOnly("root " + root + " can only be read: its lock cannot be taken (" + lock
                        + "): it was replaced during each attempt to open it"))
                .expectComplete()
                .verify(PATIENCE);
        complete(checkpoints.close());
        assertThat(Descriptors.under(root)).isZero();
    }

    @Test
    void anOpeningWhoseResultWasDroppedStillHoldsTheLockUntilTheClose() {
        HookedFileSystem files = HookedFileSystem.over(root);
        Gate gate = new Gate();
        files.hook = gate.at((operation, path) -> operation == FileOperation.LOCK);
        FileCheckpoints first = FileCheckpoints.at(files.hooked(root));
        var subscription = first.open().subscribe();
        gate.awaitArrival();
        subscription.dispose();
        gate.open();

        Awaitility.await().untilAsserted(() -> assertThat(failureOfOpening()).isInstanceOf(RootLockedException.class));
        complete(first.close());
        assertThat(failureOfOpening()).isNull();
    }

    private Throwable failureOfOpening() {
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        Throwable failure = checkpoints
                .open()
                .then(Mono.<Throwable>empty())
                .onErrorResume(Mono::just)
                .block(PATIENCE);
        complete(checkpoints.close());
        return failure;
    }
}
