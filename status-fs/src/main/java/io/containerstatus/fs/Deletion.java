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

    Deletion(Layout layout, Progress progress) {
        this.layout = layout;
        this.progress = progress;
    }

    void run() throws IOException {
        Path folder = progress.folder();
        if (!isFolder(folder)) {
            // An earlier attempt may have removed it and failed to sync: only this sync makes that durable.
            progress.commits();
            syncRoot();
            return;
        }
        removeStatus(folder);
        removeOwn(folder);
        progress.next("its folder could not be removed", folder);
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // Someone else's files are in it. It stays, and the removal of the status is durable already.
            return;
        }
        syncRoot();
    }

    private void removeStatus(Path folder) throws IOException {
        Path status = layout.status(folder);
        progress.next("its folder could not be opened", folder);
        try (SteadyChannel channel = SteadyChannel.openFolder(folder)) {
            progress.next("it could not be removed", status);
            unlink(status);
            // Persists the removal, also one by an earlier attempt: otherwise a power cut brings the status back.
            progress.next(
                    "the folder could not be synced; the status is removed but a crash may bring it back", status);
            channel.force();
        }
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

    private void removeOwn(Path folder) throws IOException {
        progress.next("what is kept beside it could not be removed", folder);
        FolderContents contents = FolderContents.of(folder);
        for (Path temporary : contents.temporary()) {
            Files.deleteIfExists(temporary);
        }
        for (Path kept : contents.keptAside()) {
            removeKept(kept);
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
