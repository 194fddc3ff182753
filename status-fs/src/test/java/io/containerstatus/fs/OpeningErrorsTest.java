package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static io.containerstatus.fs.Samples.put;
import static io.containerstatus.fs.Samples.verifyThoughItMayThrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.StepVerifier;

/** Errors of the virtual machine while statuses are read. They are not attributed to a container. */
class OpeningErrorsTest {
    @TempDir
    Path root;

    private HookedFileSystem files;

    @BeforeEach
    void putThree() throws IOException {
        files = HookedFileSystem.over(root);
        for (String id : List.of("web-1", "web-2", "web-3")) {
            put(root, id, CREATED);
        }
    }

    static List<Error> errors() {
        return List.of(
                new OutOfMemoryError("of the test"),
                new StackOverflowError(),
                new NoClassDefFoundError("of/the/Test"),
                new AssertionError("of the test"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void failTheOpeningAndGiveUpTheLock(Error error) {
        failing(FileOperation.READ, error);
        FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));

        verifyThoughItMayThrow(StepVerifier.create(checkpoints.open())
                .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(error)));
        assertThat(files.openDescriptors()).isZero();
        files.hook = Hook.NONE;
        complete(opened(files.hooked(root)).close());
        complete(checkpoints.close());
    }

    @ParameterizedTest
    @EnumSource(names = {"STAT", "OPEN_TO_READ", "READ", "CLOSE"})
    void failTheOpeningWhereverTheyComeUp(FileOperation operation) {
        Error error = new AssertionError("of the test");
        failing(operation, error);
        FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));

        StepVerifier.create(checkpoints.open())
                .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(error))
                .verify(Samples.PATIENCE);
        assertThat(files.openDescriptors()).isZero();
        complete(checkpoints.close());
    }

    @ParameterizedTest
    @MethodSource("errors")
    void failTheReading(Error error) {
        failing(FileOperation.READ, error);
        FileCheckpoints checkpoints = FileCheckpoints.at(files.hooked(root));

        verifyThoughItMayThrow(StepVerifier.create(checkpoints.read("web-2"))
                .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(error)));
        complete(checkpoints.close());
    }

    /** The author of the next write does not know the contents. */
    @Test
    void ofAReadingMakeTheFirstWriteKeepWhatIsThere() throws IOException {
        FileCheckpoints checkpoints = opened(files.hooked(root));
        put(root, "web-4", RUNNING);
        files.hook = (operation, path) -> {
            if (operation == FileOperation.READ) {
                throw new AssertionError("of the test");
            }
        };
        StepVerifier.create(checkpoints.read("web-4"))
                .expectError(AssertionError.class)
                .verify(Samples.PATIENCE);
        files.hook = Hook.NONE;
        complete(checkpoints.write("web-4", CREATED));

        assertThat(FolderSnapshot.of(root.resolve("web-4")).keySet())
                .anyMatch(name -> name.startsWith("status.corrupt-"));
        complete(checkpoints.close());
    }

    @Test
    void leaveNoFolderOfARootThatWasToBeCreated() {
        Map<String, String> before = FolderSnapshot.of(root);
        files.hook = (operation, path) -> {
            if (operation == FileOperation.FORCE
                    && path.equals(root.resolve("a").toString())) {
                throw new AssertionError("of the test");
            }
        };
        StepVerifier.create(
                        FileCheckpoints.at(files.hooked(root.resolve("a/b"))).open())
                .expectError(AssertionError.class)
                .verify(Samples.PATIENCE);

        assertThat(FolderSnapshot.of(root)).isEqualTo(before);
        assertThat(Files.exists(root.resolve("a"))).isFalse();
    }

    private void failing(FileOperation failing, Error error) {
        files.hook = (operation, path) -> {
            if (operation == failing && path.endsWith("/web-2/status")) {
                throw error;
            }
        };
    }
}
