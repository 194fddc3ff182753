package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Removes a container so that a crash never brings it back once this has returned. Every step does its work whether an
 * earlier attempt got past it or not, so that a deletion that failed can be tried again. One object makes one deletion.
 */
final class Deletion {
    private final Layout layout;
    private final Progress progress;
    private final boolean synced;

    /** Prepares the deletion; {@code synced} tells that every name in the container's folder is known to be durable. */
    Deletion(Layout layout, Progress progress, boolean synced) {
        this.layout = layout;
        this.progress = progress;
        this.synced = synced;
    }

    void run() throws IOException {
        Path folder = progress.folder();
        if (!isFolder(folder)) {
            persistEarlierRemoval();
            return;
        }
        removeContents(folder);
        progress.next("its folder could not be removed", folder);
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // Someone else's files are in it. It stays, and the removal of the status is durable already.
            return;
        }
        syncRoot();
    }

    private void persistEarlierRemoval() throws IOException {
        // An earlier attempt may have removed it and failed to sync: only this sync makes that durable.
        progress.commits();
        syncRoot();
    }

    private void removeContents(Path folder) throws IOException {
        progress.next("its folder could not be opened", folder);
        try (SteadyChannel channel = SteadyChannel.openFolder(folder)) {
            progress.next("what is kept beside it could not be removed", folder);
            FolderContents contents = FolderContents.of(folder);
            removeKept(contents, channel);
            removeStatus(layout.status(folder), channel);
            progress.next("what a failed write has left beside it could not be removed", folder);
            for (Path temporary : contents.temporary()) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    private void removeKept(FolderContents contents, SteadyChannel channel) throws IOException {
        if (synced && contents.keptAside().isEmpty()) {
            return;
        }
        for (Path kept : contents.keptAside()) {
            removeKept(kept);
        }
        // Persists that before the status goes, also what an earlier attempt removed: a power cut could else leave a
        // container of which nothing but a former, unreadable status is there, neither as it was nor deleted.
        channel.force();
    }

    private void removeStatus(Path status, SteadyChannel channel) throws IOException {
        progress.next("it could not be removed", status);
        unlink(status);
        // Persists the removal, also one by an earlier attempt: otherwise a power cut brings the status back where the
        // folder stays. NeededSyncsTest, here and for the other syncs
        progress.next("the folder could not be synced; the status is removed but a crash may bring it back", status);
        channel.force();
    }

    private void unlink(Path status) throws IOException {
        try {
            Files.deleteIfExists(status);
        } catch (IOException | RuntimeException e) {
            // It may be told of a removal that took place: only what is still seen stands. ChangeFaultsTest
            if (!isSeen(status)) {
                progress.commits();
            }
            throw e;
        }
        progress.commits();
    }

    private static boolean isSeen(Path file) {
        try {
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private static void removeKept(Path kept) throws IOException {
        try {
            Files.deleteIfExists(kept);
        } catch (DirectoryNotEmptyException e) {
            // A folder stood in the status's place and was kept aside: what is in it is not ours to remove.
        }
    }

    private void syncRoot() throws IOException {
        // Persists the removal of the folder: without it a power cut brings the container back, without a status.
        progress.next("the root could not be synced; a crash may bring the folder back", layout.root());
        SteadyChannel.syncFolder(layout.root());
    }

    private boolean isFolder(Path folder) throws IOException {
        progress.next("its folder could not be looked at", folder);
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isDirectory()) {
                throw new FileSystemException(folder.toString(), null, "it is a link or a file, not a folder");
            }
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
