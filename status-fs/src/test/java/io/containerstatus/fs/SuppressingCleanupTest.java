package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The failure stays the same, whatever the steps after it throw. */
class SuppressingCleanupTest {
    @TempDir
    Path folder;

    static Stream<Throwable> thrown() {
        return Stream.of(
                new IOException("of the test"),
                new IllegalStateException("of the test"),
                new OutOfMemoryError("of the test"),
                new NoClassDefFoundError("of/the/Test"));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void whatIsThrownIsAddedToTheFailure(Throwable thrown) {
        HookedFileSystem files = HookedFileSystem.over(folder);
        files.hook = (operation, path) -> raise(thrown);
        Path file = files.hooked(folder.resolve("file"));

        for (Consumer<Throwable> step : steps(thrown, file)) {
            Throwable failure = new IOException("the failure");
            assertThatCode(() -> step.accept(failure)).doesNotThrowAnyException();
            assertThat(failure).hasSuppressedException(thrown);
        }
    }

    /** The virtual machine has only a few such errors ready when memory runs out, and throws the same one twice. */
    @ParameterizedTest
    @MethodSource("thrown")
    void theVeryFailureThrownAgainIsNotAdded(Throwable thrown) {
        assertThatCode(() -> SuppressingCleanup.close(() -> raise(thrown), thrown))
                .doesNotThrowAnyException();
        assertThat(thrown).hasNoSuppressedExceptions();
    }

    private static Iterable<Consumer<Throwable>> steps(Throwable thrown, Path file) {
        return Stream.<Consumer<Throwable>>of(
                        failure -> SuppressingCleanup.close(() -> raise(thrown), failure),
                        failure -> SuppressingCleanup.deleteIfExists(file, failure),
                        failure -> SuppressingCleanup.moveBack(file, file.resolveSibling("other"), failure))
                .toList();
    }

    private static void raise(Throwable thrown) throws IOException {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        throw (IOException) thrown;
    }
}
