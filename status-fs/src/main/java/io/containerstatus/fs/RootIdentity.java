package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which folder the path of a root leads to, and which file that of its lock.
 *
 * @param lock null when there is no lock file
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
