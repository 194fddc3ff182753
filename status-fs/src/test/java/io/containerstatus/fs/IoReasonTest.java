package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IoReasonTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new NoSuchFileException("path"), "no such file or folder"),
                Arguments.of(new AccessDeniedException("path"), "permission denied"),
                Arguments.of(new FileAlreadyExistsException("path"), "it exists already"),
                Arguments.of(new DirectoryNotEmptyException("path"), "the folder is not empty"),
                Arguments.of(new NotDirectoryException("path"), "it is not a folder"),
                Arguments.of(new FileSystemException("path", null, "Input/output error"), "Input/output error"),
                Arguments.of(
                        new FileSystemException("path", null, "Device or resource busy"),
                        "Device or resource busy; a mount point can be neither removed nor renamed"),
                Arguments.of(new OutOfMemoryError("Java heap space"), "java.lang.OutOfMemoryError: Java heap space"),
                Arguments.of(new StackOverflowError(), "java.lang.StackOverflowError"),
                Arguments.of(new FileSystemException("path"), "java.nio.file.FileSystemException"),
                Arguments.of(new IOException("Close failed"), "Close failed"),
                Arguments.of(new IOException(""), "java.io.IOException"),
                Arguments.of(new IllegalStateException(), "java.lang.IllegalStateException"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void everyFailureIsReportedInWords(Throwable failure, String reason) {
        assertThat(IoReason.of(failure)).isEqualTo(reason);
    }
}
