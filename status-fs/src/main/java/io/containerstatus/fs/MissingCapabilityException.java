package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * The file system lacks an operation that a promise needs, and never supports it. A setting accepts the weaker promise.
 */
final class MissingCapabilityException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    private final String lack;

    private MissingCapabilityException(Path path, String lack, String setting, IOException cause) {
        super(path.toString(), null, lack + "; set " + setting + "() to accept this");
        this.lack = lack;
        initCause(cause);
    }

    static MissingCapabilityException folderSync(Path folder, IOException cause) {
        String lack = "the file system cannot sync a folder (" + cause.getMessage() + ")";
        return new MissingCapabilityException(folder, lack, "acceptUnsyncedFolders", cause);
    }

    static MissingCapabilityException lock(Path file, IOException cause) {
        String lack = "the file system cannot lock files (" + cause.getMessage() + ")";
        return new MissingCapabilityException(file, lack, "acceptUnlockedRoot", cause);
    }

    /** Returns what the file system cannot do, with the file system's own message. */
    String lack() {
        return lack;
    }
}
