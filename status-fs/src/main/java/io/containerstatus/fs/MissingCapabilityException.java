package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A file system refuses what a promise rests on, and always will. A setting accepts the weaker promise. */
final class MissingCapabilityException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    private final String lack;

    private MissingCapabilityException(Path path, String lack, String setting, IOException cause) {
        super(path.toString(), null, lack + "; the setting " + setting + "() accepts that");
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

    /** Returns what the file system cannot do, and its own words for it. */
    String lack() {
        return lack;
    }
}
