package io.containerstatus.fs;

import io.containerstatus.InvalidRootException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The root's folder: finds it, creates it, and makes its name durable. */
final class RootFolder {
    private final Path given;
    private final FolderSync folderSync;

    RootFolder(Path given, FolderSync folderSync) {
        this.given = given;
        this.folderSync = folderSync;
    }

    /**
     * Creates the root and its parent folders if they are missing.
     *
     * @return the root with all links resolved
     * @throws InvalidRootException if there is no folder after that; the folders that this call created are
     *     removed again
     */
    Path obtain() {
        Deque<Path> created = new ArrayDeque<>();
        try {
            create(missing(), created);
            return given.toRealPath();
        } catch (InvalidRootException e) {
            throw e;
        } catch (IOException | RuntimeException | Error failure) {
            created.forEach(folder -> SuppressingCleanup.deleteIfExists(folder, failure));
            if (failure instanceof Error error) {
                throw error;
            }
            throw new InvalidRootException(given.toString(), IoReason.of(failure), failure);
        }
    }

    /**
     * Makes the root's own name and the names in it durable, because the process that created them may have
     * ended before the sync. Covered by NeededSyncsTest.
     */
    static void sync(Path real, FolderSync folderSync) throws IOException {
        syncParent(real, folderSync);
        UninterruptibleChannel.syncFolder(real, folderSync);
    }

    /** Returns the folders to create, the outermost first. */
    private Deque<Path> missing() {
        Deque<Path> missing = new ArrayDeque<>();
        Path path = given.toAbsolutePath();
        while (path != null && !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            missing.push(path);
            path = path.getParent();
        }
        if (path != null && !Files.isDirectory(path)) {
            String subject = missing.isEmpty() ? "it" : path.toString();
            throw new InvalidRootException(given.toString(), subject + notAFolder(path), null);
        }
        return missing;
    }

    private void create(Deque<Path> missing, Deque<Path> created) throws IOException {
        if (!missing.isEmpty()) {
            syncParent(missing.getFirst().getParent(), folderSync);
        }
        for (Path folder : missing) {
            try {
                Files.createDirectory(folder, Layout.ofFolder(folder));
                created.push(folder);
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(folder)) {
                    throw e;
                }
            }
            // Each missing folder is below an existing one, so it has a parent. The parent of the first
            // one may be a link.
            UninterruptibleChannel.syncFolder(
                    Objects.requireNonNull(folder.getParent(), "parent").toRealPath(), folderSync);
        }
    }

    private static void syncParent(@Nullable Path folder, FolderSync folderSync) throws IOException {
        Path parent = folder == null ? null : folder.toRealPath().getParent();
        try {
            if (parent != null) {
                UninterruptibleChannel.syncFolder(parent, folderSync);
            }
        } catch (AccessDeniedException e) {
            // We may not even read this folder, so no earlier run of ours has created it and ended before the sync.
        }
    }

    private static String notAFolder(Path path) {
        return Files.isSymbolicLink(path) ? " is a link that does not lead to a folder" : " is not a folder";
    }
}
