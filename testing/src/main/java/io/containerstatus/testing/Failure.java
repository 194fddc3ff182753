package io.containerstatus.testing;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/** The failures of a file operation, reported as the JDK reports them. */
public enum Failure {
    EIO("Input/output error"),
    ENOSPC("No space left on device"),
    EMFILE("Too many open files"),
    EACCES("Permission denied"),
    EROFS("Read-only file system"),
    /** A failure that no file system should report. */
    UNEXPECTED("of the test");

    private final String reason;

    Failure(String reason) {
        this.reason = reason;
    }

    /** Fails this operation by throwing. */
    public void raise(FileOperation operation, String path) throws IOException {
        if (this == UNEXPECTED) {
            throw new IllegalStateException(reason);
        }
        if (operation.isOfChannel()) {
            throw new IOException(reason);
        }
        throw this == EACCES ? new AccessDeniedException(path) : new FileSystemException(path, null, reason);
    }
}
