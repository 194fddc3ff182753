package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the file or folder that a path leads to at one moment.
 *
 * @param kind the kind of the file, in words
 * @param key its device and inode; null if the file system has no such identity, as on Windows. Two files of
 *     the same kind then count as the same
 */
record FileIdentity(String kind, @Nullable Object key) {
    private static final String FOLDER = "a folder";
    private static final String FILE = "a regular file";

    /** Identifies what the path leads to. If that is a link, identifies the link itself. */
    static FileIdentity of(Path path) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return new FileIdentity(kind(attributes), attributes.fileKey());
    }

    boolean isRegularFile() {
        return kind.equals(FILE);
    }

    /** Returns the kind that the attributes describe, in words. */
    static String kind(BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            return "a symbolic link";
        }
        if (attributes.isDirectory()) {
            return FOLDER;
        }
        return attributes.isRegularFile() ? FILE : "a FIFO, a socket or a device";
    }

    @Override
    public String toString() {
        return key == null ? kind : kind + " " + key;
    }
}
