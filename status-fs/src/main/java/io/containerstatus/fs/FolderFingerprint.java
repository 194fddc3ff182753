package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of a container's folder without reading anything: as long as it stays the same, so did the status,
 * with the exception that {@link FollowedFolder} is there for.
 *
 * @param folder the identity of the folder; null where it is not known
 * @param status the identity of the status; null where there is none, or the file system has no identities
 * @param size the size of the status, in bytes; -1 when there is none
 * @param modified the time of the status; when there is none, that of the folder, which every new entry changes
 */
record FolderFingerprint(@Nullable Object folder, @Nullable Object status, long size, FileTime modified) {

    /** Returns the fingerprint, or null when there is no such folder. Follows no link. */
    static @Nullable FolderFingerprint of(Layout layout, String id) {
        Path path = layout.folder(id);
        try {
            BasicFileAttributes folder = attributes(path);
            return folder.isDirectory() ? of(folder, layout.status(path)) : null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException | RuntimeException e) {
            return unlikeAnyOther();
        }
    }

    private static FolderFingerprint of(BasicFileAttributes folder, Path file) throws IOException {
        try {
            BasicFileAttributes status = attributes(file);
            return new FolderFingerprint(folder.fileKey(), status.fileKey(), status.size(), status.lastModifiedTime());
        } catch (NoSuchFileException e) {
            return new FolderFingerprint(folder.fileKey(), null, -1, folder.lastModifiedTime());
        }
    }

    /** What could not be looked at may have changed. */
    private static FolderFingerprint unlikeAnyOther() {
        return new FolderFingerprint(null, new Object(), -1, FileTime.fromMillis(0));
    }

    boolean hasStatus() {
        return size >= 0;
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
