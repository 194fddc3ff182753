package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a container's folder and status, without reading the status. If they are unchanged, so is
 * the status, except in the case that {@link FollowedFolder} describes.
 *
 * @param folder the identity of the folder; null if it is not known
 * @param status the identity of the status; null if there is no status, or if the file system has no identities
 * @param size the size of the status, in bytes; -1 if there is no status
 * @param modified when the status was modified last. If there is no status, when the folder was modified last; every
 *     new entry changes that time
 */
record FolderFingerprint(@Nullable Object folder, @Nullable Object status, long size, FileTime modified) {

    /** Returns the fingerprint; null if there is no such folder. Follows no link. */
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

    /** Returns {@link #modified}; null if it could not be read. */
    @Nullable
    Instant time() {
        long nanos = modified.to(TimeUnit.NANOSECONDS);
        // Not FileTime.toInstant(): the FileTime would keep that Instant in memory.
        return nanos == 0 ? null : Instant.EPOCH.plusNanos(nanos);
    }

    /** Returns a fingerprint that equals no other, because what could not be read may have changed. */
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
