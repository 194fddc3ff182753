package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Removes a container so that a crash never brings it back once this has returned. A deletion that failed can be tried
 * again. One object makes one deletion.
 *
 * <p>If everything in the container's folder is ours, the folder gets another name, which is no id, and is removed under
 * that name. A crash leaves the whole container, or a folder that the next opening removes. Otherwise the status is removed
 * where it is. The folder then stays, and is found as a container without a status by the next opening: this happens if
 * files of others are in it, and if it cannot be renamed or removed because it is a mount point.
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

    /** Makes the deletion; {@code anothers} tells that what is found under this id is another container's folder. */
    void run(boolean anothers) throws IOException {
        Path folder = progress.folder();
        progress.next("the root could not be opened", layout.root());
        try (UninterruptibleChannel root = UninterruptibleChannel.openFolder(layout.root(), progress.folderSync())) {
            if (anothers || !isFolder(folder)) {
                persistEarlierRemoval(root);
                return;
            }
            progress.next("what its folder holds could not be looked at", folder);
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
        // An earlier attempt may have renamed the folder and failed to sync: only this sync makes that durable.
        progress.commits();
        syncRoot(root);
        removeRenamed();
    }

    /** Returns whether the folder has the other name; false when it still has its own. */
    private boolean rename(Path folder, UninterruptibleChannel root) throws IOException {
        removeEarlier(root);
        // The root was checked at the beginning, but a sync may have taken long since. Covered by LostRootTest.
        progress.requireRoot();
        progress.next("its folder could not be renamed; it may be in place or not", folder);
        try {
            // The commit point: atomic. It fails if the folder is a mount point, or if the other name is taken.
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

    /** Makes room for the other name, where an earlier deletion of the same id could not remove its folder. */
    private void removeEarlier(UninterruptibleChannel root) throws IOException {
        progress.next("what an earlier deletion has left could not be removed", deleted);
        if (Presence.isThere(deleted)) {
            // Persists the earlier rename: otherwise a power cut could bring the folder back under its id, without
            // its status.
            root.force();
            progress.requireRoot();
            FolderContents.removeOurs(deleted);
        }
    }

    /** Only space is lost by what stays: it has no id's name, and the next opening tries again and reports it. */
    private void removeRenamed() {
        try {
            // In a root that is lost, the name may be that of another store's folder.
            if (progress.rootHolds()) {
                FolderContents.removeOurs(deleted);
            }
        } catch (IOException | RuntimeException e) {
            // The deletion is complete and durable all the same. Covered by DeletionTest.
        }
    }

    private void removeInPlace(Path folder, FolderContents contents) throws IOException {
        progress.next("its folder could not be opened", folder);
        try (UninterruptibleChannel channel = UninterruptibleChannel.openFolder(folder, progress.folderSync())) {
            progress.next("what is kept beside it could not be removed", folder);
            for (Path kept : contents.keptAside()) {
                removeKept(kept);
            }
            removeStatus(layout.status(folder), channel);
            progress.requireRoot();
            progress.next("what a failed write has left beside it could not be removed", folder);
            for (Path temporary : contents.temporary()) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    private void removeStatus(Path status, UninterruptibleChannel channel) throws IOException {
        progress.requireRoot();
        progress.next("it could not be removed", status);
        unlink(status);
        // Persists the removal, also one by an earlier attempt: otherwise a power cut brings the status back.
        // NeededSyncsTest, here and for the other syncs
        progress.next("the folder could not be synced; the status is removed but a crash may bring it back", status);
        channel.force();
    }

    private void unlink(Path status) throws IOException {
        try {
            Files.deleteIfExists(status);
        } catch (IOException | RuntimeException e) {
            // A failure may be reported of a removal that took place: only what is still seen stands. ChangeFaultsTest
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
            // A folder stood in the status's place and was kept aside: what is in it is not ours to remove.
        }
    }

    /**
     * Removes the folder in which there was nothing but a container, if that works: a mount point stays. Nothing depends
     * on it, as the removal of the status is durable already. So there is no sync of the root.
     */
    private void removeFolder(Path folder) {
        try {
            if (progress.rootHolds()) {
                Files.deleteIfExists(folder);
            }
        } catch (IOException | RuntimeException e) {
            // An empty folder stays, which the next opening finds. DeletionTest
        }
    }

    private void syncRoot(UninterruptibleChannel root) throws IOException {
        // Persists the removal of the folder: without it a power cut brings the container back.
        progress.next("the root could not be synced; a crash may bring the container back", layout.root());
        root.force();
    }

    private boolean isFolder(Path folder) throws IOException {
        progress.next("its folder could not be looked at", folder);
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
