package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Which file or folder a path leads to at one moment.
 *
 * @param kind what it is, in words
 * @param key its device and inode; null where the file system gives none, as on Windows. Two files of one kind are then
 *     taken for the same
 */
record FileIdentity(String kind, @Nullable Object key) {
    private static final String FOLDER = "a folder";
    private static final String FILE = "a regular file";

    /** Looks at the path; of a link at the link itself. */
    static FileIdentity of(Path path) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return new FileIdentity(kind(attributes), attributes.fileKey());
    }

    boolean isRegularFile() {
        return kind.equals(FILE);
    }

    /** Returns what the attributes describe, in words. */
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
