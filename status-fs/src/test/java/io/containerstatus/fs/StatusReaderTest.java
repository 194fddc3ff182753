package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.put;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.UnsupportedVersionException;
import io.containerstatus.testing.Child;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

class StatusReaderTest {
    @TempDir
    Path root;

    private HookedFileSystem files;
    private FileCheckpoints checkpoints;

    @BeforeEach
    void create() {
        files = HookedFileSystem.over(root);
        checkpoints =
                FileCheckpoints.builder(files.hooked(root)).maxFileSize(5000).build();
    }

    @AfterEach
    void close() {
        complete(checkpoints.close());
    }

    @Nested
    class IsRead {
        @Test
        void aFileThatAnotherProgramWrote() throws IOException {
            put(root, "web-1", " " + text(CREATED) + "\n");
            StepVerifier.create(checkpoints.read("web-1"))
                    .expectNext(CREATED)
                    .expectComplete()
                    .verify(PATIENCE);
        }

        @Test
        void aFileOfExactlyTheLimit() throws IOException {
            put(root, "web-1", text(CREATED) + " ".repeat(5000 - text(CREATED).length()));
            StepVerifier.create(checkpoints.read("web-1"))
                    .expectNext(CREATED)
                    .expectComplete()
                    .verify(PATIENCE);
        }

        @Test
        void aFileOfTheSizeOfTheFirstBuffer() throws IOException {
            put(root, "web-1", text(CREATED) + " ".repeat(4097 - text(CREATED).length()));
            StepVerifier.create(checkpoints.read("web-1"))
                    .expectNext(CREATED)
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }

    @Nested
    class IsEmpty {
        @Test
        void aFolderWithoutAStatus() throws IOException {
            Files.createDirectory(root.resolve("web-1"));
            StepVerifier.create(checkpoints.read("web-1")).expectComplete().verify(PATIENCE);
        }

        @Test
        void aRootThatDoesNotExist() {
            FileCheckpoints nowhere = FileCheckpoints.at(root.resolve("nowhere"));
            StepVerifier.create(nowhere.read("web-1")).expectComplete().verify(PATIENCE);
            complete(nowhere.close());
        }

        @Test
        void aFileThatVanishesBeforeItIsOpened() throws IOException {
            Path status = put(root, "web-1", CREATED);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.OPEN_TO_READ) {
                    Files.delete(status);
                }
            };
            StepVerifier.create(checkpoints.read("web-1")).expectComplete().verify(PATIENCE);
        }
    }

    @Nested
    class IsAnErrorThatNamesTheFileAndChangesNothing {
        @Test
        void aCorruptFile() throws IOException {
            put(root, "web-1", "{\"Version\":\"v1\",");
            refused("web-1/status", failure -> assertThat(failure)
                    .isInstanceOfSatisfying(CorruptStatusException.class, e -> assertThat(e.location())
                            .endsWith("web-1/status")));
        }

        @Test
        void anEmptyFile() throws IOException {
            put(root, "web-1", "");
            refused("web-1/status", failure -> assertThat(failure).isInstanceOf(CorruptStatusException.class));
        }

        @Test
        void aFileOfAnotherVersion() throws IOException {
            put(root, "web-1", "{\"Version\":\"v2\"}");
            refused("web-1/status", failure -> assertThat(failure)
                    .isInstanceOfSatisfying(UnsupportedVersionException.class, e -> {
                        assertThat(e.version()).isEqualTo("v2");
                        assertThat(e.location()).endsWith("web-1/status");
                    }));
        }

        @Test
        void aFileOverTheLimit() throws IOException {
            put(root, "web-1", text(CREATED) + " ".repeat(5001 - text(CREATED).length()));
            unreadable("web-1/status", "it holds 5001 bytes, and at most 5000 are read");
        }

        @Test
        void aFileThatGrowsOverTheLimitWhileItIsRead() throws IOException {
            Path status = put(root, "web-1", CREATED);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.OPEN_TO_READ) {
                    Files.writeString(status, " ".repeat(9000));
                }
            };
            unreadable("web-1/status", "it holds more than 5000 bytes");
        }

        @Test
        void aFolderInItsPlace() throws IOException {
            Files.createDirectories(root.resolve("web-1/status"));
            unreadable("web-1/status", "it is a folder, not a regular file");
        }

        @Test
        void aLinkInItsPlaceEvenToAGoodStatus() throws IOException {
            Path status = put(root, "web-2", CREATED);
            Files.createDirectory(root.resolve("web-1"));
            Files.createSymbolicLink(root.resolve("web-1/status"), status);
            unreadable("web-1/status", "it is a symbolic link, not a regular file");
        }

        @Test
        void aLinkThatTakesItsPlaceWhileItIsOpened() throws IOException {
            Path other = put(root, "web-2", CREATED);
            Path status = put(root, "web-1", CREATED);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.OPEN_TO_READ) {
                    Files.delete(status);
                    Files.createSymbolicLink(status, other);
                }
            };
            StepVerifier.create(checkpoints.read("web-1"))
                    .expectError(UnreadableStatusException.class)
                    .verify(PATIENCE);
        }

        @Test
        void aFifoInItsPlace() throws IOException, InterruptedException {
            Files.createDirectory(root.resolve("web-1"));
            Child.require(
                    "mkfifo is needed", "mkfifo", root.resolve("web-1/status").toString());
            unreadable("web-1/status", "it is a FIFO, a socket or a device, not a regular file");
        }

        @Test
        void aLinkInThePlaceOfTheFolder() throws IOException {
            put(root, "web-2", CREATED);
            Files.createSymbolicLink(root.resolve("web-1"), root.resolve("web-2"));
            unreadable("web-1", "it is a symbolic link, not a folder");
        }

        @Test
        void aFileInThePlaceOfTheFolder() throws IOException {
            Files.writeString(root.resolve("web-1"), text(CREATED));
            unreadable("web-1", "it is a regular file, not a folder");
        }

        @Test
        void aFailedRead() throws IOException {
            put(root, "web-1", CREATED);
            files.hook = Hook.full((operation, path) -> operation == FileOperation.READ);
            unreadable("web-1/status", "No space left on device");
        }

        @Test
        void anUnexpectedFailure() throws IOException {
            put(root, "web-1", CREATED);
            files.hook = (operation, path) -> {
                if (operation == FileOperation.READ) {
                    throw new IllegalStateException("of the test");
                }
            };
            unreadable("web-1/status", "of the test");
        }

        @Test
        void aRootThatIsAFile() throws IOException {
            Path file = Files.writeString(root.resolve("file"), "content");
            FileCheckpoints nowhere = FileCheckpoints.at(file);
            StepVerifier.create(nowhere.read("web-1"))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(UnreadableStatusException.class)
                            .hasMessage("cannot read " + file + ": it is not a folder")
                            .hasRootCauseMessage(file.toString()))
                    .verify(PATIENCE);
            complete(nowhere.close());
        }

        private void unreadable(String object, String reason) {
            refused(object, failure -> assertThat(failure)
                    .isInstanceOfSatisfying(UnreadableStatusException.class, e -> assertThat(e.location())
                            .isEqualTo(root.resolve(object).toString()))
                    .hasMessageContaining(reason));
        }

        private void refused(String object, Consumer<Throwable> asExpected) {
            Map<String, String> before = FolderSnapshot.of(root);
            StepVerifier.create(checkpoints.read("web-1"))
                    .expectErrorSatisfies(failure -> {
                        asExpected.accept(failure);
                        assertThat(failure)
                                .isInstanceOf(StatusException.class)
                                .hasMessageContaining(root.resolve(object).toString());
                    })
                    .verify(PATIENCE);
            assertThat(FolderSnapshot.of(root).keySet()).isEqualTo(before.keySet());
            if (files.hook == Hook.NONE) {
                assertThat(FolderSnapshot.of(root)).isEqualTo(before);
            }
        }
    }
}
