package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the folder and the lock file that the paths of a root lead to.
 *
 * @param lock null if there is no lock file
 */
record RootIdentity(FileIdentity root, @Nullable FileIdentity lock) {

    static RootIdentity of(Layout layout) throws IOException {
        return new RootIdentity(FileIdentity.of(layout.root()), ifPresent(layout.lock()));
    }

    private static @Nullable FileIdentity ifPresent(Path path) throws IOException {
        try {
            return FileIdentity.of(path);
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
