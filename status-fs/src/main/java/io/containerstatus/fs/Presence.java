package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Checks whether a name is taken, by an entry of any kind. Follows no link. */
final class Presence {
    private Presence() {}

    /** Throws if this cannot be determined, unlike {@code Files.exists}. */
    static boolean isThere(Path path) throws IOException {
        try {
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Returns false if this cannot be determined. */
    static boolean isCertainlyThere(Path path) {
        try {
            return isThere(path);
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }
}
