package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Removes a container so that no crash brings it back once this has returned. A deletion that failed can be
 * repeated. One object performs one deletion.
 *
 * <p>If everything in the container's folder is ours, the folder is renamed to a name that is not an id, and is
 * removed under that name. A crash leaves either the complete container, or a folder that the next opening
 * removes. If files of others are in the folder, or if it cannot be renamed, the status is removed from it
 * instead. If the folder then cannot be removed, because files of others are in it or because it is a mount
 * point, it stays, and the next opening finds it as a container without a status.
 */
final class Deletion {
    private final Layout layout;
    private final CommitProgress progress;
    private final Path deleted;

    Deletion(Layout layout, CommitProgress progress) {
        this.layout = layout;
        this.progress = progress;
        this.deleted = layout.deleted(progress.id());
    }

    /**
     * Performs the deletion. {@code anothers} is whether the path of this id leads to another container's
     * folder, on a file system that ignores case.
     */
    void run(boolean anothers) throws IOException {
        Path folder = progress.folder();
        progress.next("the root could not be opened", layout.root());
        try (UninterruptibleChannel root = UninterruptibleChannel.openFolder(layout.root(), progress.folderSync())) {
            if (anothers || !isFolder(folder)) {
                persistEarlierRemoval(root);
                return;
            }
            progress.next("its folder could not be listed", folder);
            FolderContents contents = FolderContents.of(folder);
            if (!contents.isOurs() || !rename(folder, root)) {
                removeInPlace(folder, contents);
                if (contents.isContainerOnly()) {
                    removeFolder(folder);
                }
                return;
            }
            syncRoot(root);
        }
        removeRenamed();
    }

    private void persistEarlierRemoval(UninterruptibleChannel root) throws IOException {
        // An earlier attempt may have renamed the folder and then failed to sync. Only this sync makes
        // that rename durable.
        progress.commits();
        syncRoot(root);
        removeRenamed();
    }

    /** Returns whether the folder was renamed; false if it still has its name. */
    private boolean rename(Path folder, UninterruptibleChannel root) throws IOException {
        removeEarlier(root);
        // The root was checked at the beginning, but a sync may have taken long since. Covered by LostRootTest.
        progress.requireRoot();
        progress.next("its folder could not be renamed; it is uncertain whether the rename took effect", folder);
        try {
            // The commit point: the rename is atomic. It fails if the folder is a mount point, or if the new name
            // is taken.
            Files.move(folder, deleted, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException failure) {
            if (Presence.isCertainlyThere(folder)) {
                return false;
            }
            progress.commits();
            throw failure;
        } catch (Error failure) {
            progress.commits();
            throw failure;
        }
        progress.commits();
        return true;
    }

    /**
     * Frees the name: removes the leftover of an earlier deletion of the same id, whose folder could not be
     * removed then.
     */
    private void removeEarlier(UninterruptibleChannel root) throws IOException {
        progress.next("the leftover of an earlier deletion could not be removed", deleted);
        if (Presence.isThere(deleted)) {
            // Persists the earlier rename. Otherwise a power cut could bring the folder back under its id, without
            // its status.
            root.force();
            progress.requireRoot();
            FolderContents.removeOurs(deleted);
        }
    }

    /**
     * Removes the renamed folder. If a part of it stays, it only takes space: its name is not an id, and the
     * next opening tries again and reports it.
     */
    private void removeRenamed() {
        try {
            // If the root is lost, the name may be that of another store's folder.
            if (progress.rootHolds()) {
                FolderContents.removeOurs(deleted);
            }
        } catch (IOException | RuntimeException e) {
            // The deletion is complete and durable nevertheless. Covered by DeletionTest.
        }
    }

    private void removeInPlace(Path folder, FolderContents contents) throws IOException {
        progress.next("its folder could not be opened", folder);
        try (UninterruptibleChannel channel = UninterruptibleChannel.openFolder(folder, progress.folderSync())) {
            progress.next("the statuses that were kept aside could not be removed", folder);
            for (Path kept : contents.keptAside()) {
                removeKept(kept);
            }
            removeStatus(layout.status(folder), channel);
            progress.requireRoot();
            progress.next("the temporary file of a failed write could not be removed", folder);
            for (Path temporary : contents.temporary()) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    private void removeStatus(Path status, UninterruptibleChannel channel) throws IOException {
        progress.requireRoot();
        progress.next("it could not be removed", status);
        unlink(status);
        // Persists the removal, even if an earlier attempt performed it: otherwise a power cut brings the
        // status back. Covered by NeededSyncsTest, like the other syncs.
        progress.next("the folder could not be synced; the status is removed but a crash may bring it back", status);
        channel.force();
    }

    private void unlink(Path status) throws IOException {
        try {
            Files.deleteIfExists(status);
        } catch (IOException | RuntimeException e) {
            // A removal may report a failure although it took effect. So the status certainly stays only if it
            // still exists. Covered by ChangeFaultsTest.
            if (!Presence.isCertainlyThere(status)) {
                progress.commits();
            }
            throw e;
        }
        progress.commits();
    }

    private static void removeKept(Path kept) throws IOException {
        try {
            Files.deleteIfExists(kept);
        } catch (DirectoryNotEmptyException e) {
            // The entry named "status" was a folder and was kept aside. Its contents are not ours to remove.
        }
    }

    /**
     * Removes the folder that held only a container, if possible; a mount point stays. The removal of the
     * status is already durable, so nothing depends on this step, and the root is not synced.
     */
    private void removeFolder(Path folder) {
        try {
            if (progress.rootHolds()) {
                Files.deleteIfExists(folder);
            }
        } catch (IOException | RuntimeException e) {
            // An empty folder stays, and the next opening finds it. Covered by DeletionTest.
        }
    }

    private void syncRoot(UninterruptibleChannel root) throws IOException {
        // Persists the removal of the folder: without it, a power cut brings the container back.
        progress.next("the root could not be synced; a crash may bring the container back", layout.root());
        root.force();
    }

    private boolean isFolder(Path folder) throws IOException {
        progress.next("the attributes of its folder could not be read", folder);
        try {
            if (!Listing.isFolder(folder)) {
                throw new FileSystemException(folder.toString(), null, "it is a link or a file, not a folder");
            }
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
