package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.put;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.test.StepVerifier;

/** Creations in the presence of entries that another program or an earlier creation has left. */
class CreationTest {
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

    @Nested
    class OverAStatus {
        @Test
        void thatAnotherProgramHasStoredFailsAndLeavesItByteForByte() throws IOException {
            put(root, "web-1", RUNNING);
            Map<String, String> before = FolderSnapshot.of(root);

            assertAlreadyExists();
            assertThat(FolderSnapshot.of(root)).isEqualTo(before);
        }

        @Test
        void thatThisProcessHasStoredFailsToo() {
            complete(checkpoints.create("web-1", RUNNING));

            assertAlreadyExists();
            assertThat(root.resolve("web-1/status")).hasContent(text(RUNNING));
        }

        @Test
        void thatCannotBeReadKeepsItAside() throws IOException {
            put(root, "web-1", "bad");
            complete(checkpoints.create("web-1", CREATED));

            assertThat(FolderSnapshot.of(root.resolve("web-1")).values()).anyMatch(file -> file.endsWith(" bad"));
            assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
        }

        @Test
        void ofAnUncertainCreationReplacesIt() {
            files.hook =
                    Hook.full((operation, path) -> operation == FileOperation.FORCE && path.equals(root.toString()));
            fails(checkpoints.create("web-1", RUNNING), IndeterminateWriteException.class, "may not survive a crash");
            assertThat(root.resolve("web-1/status")).hasContent(text(RUNNING));
            files.hook = Hook.NONE;
            complete(checkpoints.create("web-1", CREATED));

            assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
        }

        @Test
        void thatIsStoredAtTheMomentOfTheRenameFailsAndLeavesIt() throws IOException {
            atTheRename(() -> put(root, "web-1", RUNNING));

            assertAlreadyExists();
            assertThat(FolderSnapshot.of(root)).containsOnlyKeys("", ".status.lock", "web-1", "web-1/status");
            assertThat(root.resolve("web-1/status")).hasContent(text(RUNNING));
        }

        private void assertAlreadyExists() {
            fails(
                    checkpoints.create("web-1", CREATED),
                    AlreadyExistsException.class,
                    "container \"web-1\" cannot be created: another program has stored a status ("
                            + root.resolve("web-1/status") + ")");
        }
    }

    @Nested
    class InAFolder {
        @Test
        void thatIsEmptyStoresTheStatusInIt() throws IOException {
            Path folder = Files.createDirectory(root.resolve("web-1"));
            Object before = Files.getAttribute(folder, "unix:ino");
            complete(checkpoints.create("web-1", CREATED));

            assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
            assertThat(Files.getAttribute(folder, "unix:ino")).isEqualTo(before);
        }

        @Test
        void thatComesAtTheMomentOfTheRenameIsNotWritten() {
            atTheRename(() -> Files.createFile(
                    Files.createDirectory(root.resolve("web-1")).resolve("foreign")));

            for (Publisher<Void> change :
                    List.of(checkpoints.create("web-1", CREATED), checkpoints.write("web-1", CREATED))) {
                fails(change, NotWrittenException.class, root.resolve("web-1") + "): it exists already");
                assertThat(FolderSnapshot.of(root)).containsOnlyKeys("", ".status.lock", "web-1", "web-1/foreign");
                remove(root.resolve("web-1/foreign"));
                remove(root.resolve("web-1"));
            }
        }

        @Test
        void thatComesAtTheMomentOfTheRenameIsReportedWithTheFailureOfTheRename() {
            atTheRename(() -> Files.createFile(
                    Files.createDirectory(root.resolve("web-1")).resolve("foreign")));

            StepVerifier.create(checkpoints.create("web-1", CREATED))
                    .expectErrorSatisfies(failure -> {
                        assertThat(failure).hasCause(new FileAlreadyExistsException(web1()));
                        assertThat(failure.getCause().getSuppressed())
                                .singleElement()
                                .isInstanceOf(FileSystemException.class)
                                .isNotInstanceOf(FileAlreadyExistsException.class);
                    })
                    .verify(PATIENCE);
        }

        @Test
        void thatComesWhileTheStatusIsWrittenStaysAndTheNextCreationStoresInIt() throws IOException {
            files.hook = (operation, path) -> {
                if (operation == FileOperation.FORCE && !Files.exists(root.resolve("web-1"))) {
                    Files.createDirectory(root.resolve("web-1"));
                }
            };
            StepVerifier.create(checkpoints.create("web-1", CREATED))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(NotWrittenException.class)
                            .hasMessageContaining("another program has taken the name of its folder (" + web1() + ")")
                            .hasCause(new FileAlreadyExistsException(web1())))
                    .verify(PATIENCE);
            assertThat(FolderSnapshot.of(root)).containsOnlyKeys("", ".status.lock", "web-1");
            complete(checkpoints.create("web-1", CREATED));
            assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
        }
    }

    private String web1() {
        return root.resolve("web-1").toString();
    }

    @Nested
    class AfterAnEarlierOne {
        @Test
        void whatThatHasLeftIsRemovedFirst() throws IOException {
            put(root, ".status.new-web-1", "half a stat");
            complete(checkpoints.create("web-1", CREATED));

            assertThat(FolderSnapshot.of(root)).containsOnlyKeys("", ".status.lock", "web-1", "web-1/status");
            assertThat(root.resolve("web-1/status")).hasContent(text(CREATED));
        }

        @Test
        void whatIsNotOursStaysThereAndNothingIsWritten() throws IOException {
            put(root, ".status.new-web-1", "half a stat");
            Files.createFile(root.resolve(".status.new-web-1/foreign"));
            fails(
                    checkpoints.create("web-1", CREATED),
                    NotWrittenException.class,
                    "its folder could not be created (" + root.resolve(".status.new-web-1") + "): it exists already");

            assertThat(root.resolve(".status.new-web-1/foreign")).exists();
            assertThat(root.resolve("web-1")).doesNotExist();
        }

        @Test
        void aLinkInItsPlaceIsNotFollowed() throws IOException {
            Path elsewhere = put(root, ".elsewhere", RUNNING);
            Files.createSymbolicLink(root.resolve(".status.new-web-1"), elsewhere.getParent());
            fails(checkpoints.create("web-1", CREATED), NotWrittenException.class, "it exists already");

            assertThat(elsewhere).hasContent(text(RUNNING));
        }
    }

    @Test
    void whoseRenameFailedForAnotherReasonIsUncertain() {
        files.hook = Hook.full((operation, path) -> operation == FileOperation.MOVE);
        fails(
                checkpoints.create("web-1", CREATED),
                IndeterminateWriteException.class,
                "it is uncertain whether the rename took effect");

        assertThat(FolderSnapshot.of(root)).containsOnlyKeys("", ".status.lock");
        fails(checkpoints.create("web-1", CREATED), IndeterminateWriteException.class, "No space left on device");
        files.hook = Hook.NONE;
        complete(checkpoints.create("web-1", CREATED));
    }

    private interface Work {
        void run() throws IOException;
    }

    private void atTheRename(Work work) {
        files.hook = (operation, path) -> {
            if (operation == FileOperation.MOVE) {
                work.run();
            }
        };
    }

    private static void remove(Path path) {
        assertThat(path.toFile().delete()).isTrue();
    }

    private static void fails(Publisher<Void> change, Class<? extends Throwable> type, String message) {
        StepVerifier.create(change)
                .expectErrorSatisfies(
                        failure -> assertThat(failure).isInstanceOf(type).hasMessageContaining(message))
                .verify(PATIENCE);
    }
}
