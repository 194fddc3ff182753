package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.UnreadableStatusException;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

class ListingTest {
    @TempDir
    Path root;

    private HookedFileSystem files;
    private FileCheckpoints checkpoints;

    @BeforeEach
    void create() {
        files = HookedFileSystem.over(root);
        checkpoints = FileCheckpoints.at(files.hooked(root));
    }

    @AfterEach
    void close() {
        complete(checkpoints.close());
    }

    @Nested
    class IsAContainer {
        @Test
        void aFolderWithAStatusOfWhateverKind() throws IOException {
            put(root, "good", CREATED);
            put(root, "corrupt", "bad");
            Files.createDirectories(root.resolve("folder/status"));
            Files.createDirectory(root.resolve("link"));
            Files.createSymbolicLink(root.resolve("link/status"), root.resolve("nowhere"));

            assertThat(list()).containsExactlyInAnyOrder("good", "corrupt", "folder", "link");
        }

        @Test
        void aFolderWithoutAStatusThatHoldsSomethingElse() throws IOException {
            Files.createFile(Files.createDirectory(root.resolve("foreign")).resolve("file"));
            Files.createFile(
                    Files.createDirectory(root.resolve("kept")).resolve("status.corrupt-20260101T000000.000000000Z"));
            Files.createFile(Files.createDirectory(root.resolve("containerd")).resolve(".tmp-status123"));

            assertThat(list()).containsExactlyInAnyOrder("foreign", "kept", "containerd");
        }

        @Test
        void aFolderWithoutAStatusThatIsEmptyOrHoldsATemporaryFile() throws IOException {
            Files.createDirectory(root.resolve("empty"));
            Files.createFile(Files.createDirectory(root.resolve("interrupted")).resolve(".tmp-status-next"));

            assertThat(list()).containsExactlyInAnyOrder("empty", "interrupted");
        }

        @Test
        void aFolderThatCannotBeChecked() throws IOException {
            put(root, "web-1", CREATED);
            files.hook = Hook.full((operation, path) -> operation == FileOperation.STAT && path.endsWith("/web-1"));

            assertThat(list()).containsExactly("web-1");
        }
    }

    @Nested
    class IsNone {
        @Test
        void whatIsBeingCreatedOrRemoved() throws IOException {
            put(root, ".status.new-web-1", CREATED);
            put(root, ".status.deleted-web-2", CREATED);

            assertThat(list()).isEmpty();
        }

        @Test
        void anythingWhoseNameIsNoId() throws IOException {
            put(root, "a..b", CREATED);
            put(root, ".hidden", CREATED);
            put(root, "a".repeat(77), CREATED);

            assertThat(list()).isEmpty();
        }

        @Test
        void aFileOrALinkToAContainer() throws IOException {
            put(root, ".hidden", CREATED);
            Files.createFile(root.resolve("file"));
            Files.createSymbolicLink(root.resolve("link"), root.resolve(".hidden"));

            assertThat(list()).isEmpty();
        }

        @Test
        void aFolderThatVanishesMeanwhile() throws IOException {
            Files.createDirectory(root.resolve("web-1"));
            files.hook = (operation, path) -> {
                if (operation == FileOperation.STAT && path.endsWith("/web-1")) {
                    Files.delete(root.resolve("web-1"));
                }
            };

            assertThat(list()).isEmpty();
        }
    }

    @Nested
    class Fails {
        @Test
        void whenTheRootIsMissing() {
            FileCheckpoints nowhere = FileCheckpoints.at(root.resolve("nowhere"));
            StepVerifier.create(nowhere.list())
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(UnreadableStatusException.class)
                            .hasMessage("cannot read " + root.resolve("nowhere") + ": no such file or folder"))
                    .verify(PATIENCE);
            complete(nowhere.close());
        }

        @Test
        void whenTheRootIsAFile() throws IOException {
            FileCheckpoints file = FileCheckpoints.at(Files.createFile(root.resolve("file")));
            StepVerifier.create(file.list())
                    .expectError(UnreadableStatusException.class)
                    .verify(PATIENCE);
            complete(file.close());
        }

        @ParameterizedTest
        @EnumSource(
                value = FileOperation.class,
                names = {"LIST", "ITERATE"})
        void whenTheRootCannotBeRead(FileOperation failing) {
            files.hook = Hook.full((operation, path) -> operation == failing);
            StepVerifier.create(checkpoints.list())
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(UnreadableStatusException.class)
                            .hasMessage("cannot read " + root + ": No space left on device"))
                    .verify(PATIENCE);
        }
    }

    @Test
    void thousandsAreListedWithOneStatOfEach() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            put(root, "c" + i, CREATED);
            expected.add("c" + i);
        }
        List<FileOperation> operations = Collections.synchronizedList(new ArrayList<>());
        files.hook = (operation, path) -> {
            if (path.startsWith(root + "/")) {
                operations.add(operation);
            }
        };

        assertThat(list()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(operations).hasSize(5000).containsOnly(FileOperation.STAT);
    }

    @Test
    void aSubscriberThatStallsHoldsNoFileOpen() throws IOException {
        put(root, "a", CREATED);
        put(root, "b", CREATED);
        StepVerifier.create(checkpoints.list(), 1)
                .expectNextCount(1)
                .then(() -> complete(checkpoints.close()))
                .thenRequest(1)
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE);
    }

    private List<String> list() {
        return checkpoints.list().collectList().block(PATIENCE);
    }
}
