package io.containerstatus.fs;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Prepares a container's folder for a write, if the container is not settled, see {@link FolderKnowledge}:
 * checks what is in the folder, and makes names durable that an earlier process may have left unsynced.
 */
final class FolderPreparation {
    private final Layout layout;
    private final StatusReader reader;
    private final Clock clock;

    FolderPreparation(Layout layout, StatusReader reader, Clock clock) {
        this.layout = layout;
        this.reader = reader;
        this.clock = clock;
    }

    /** Returns whether the folder exists. Fails if something other than a folder has its name. */
    boolean isFolder(CommitProgress progress) throws IOException {
        Path folder = progress.folder();
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

    /**
     * Makes the folder's name durable, because the program that created it may have ended before the sync.
     * Covered by NeededSyncsTest.
     */
    void persistName(CommitProgress progress) throws IOException {
        progress.next("the root could not be synced; a crash could lose the container's folder", layout.root());
        UninterruptibleChannel.syncFolder(layout.root(), progress.folderSync());
    }

    /**
     * Returns the entry named {@code status} if it must be kept before the write; null if nothing must be kept.
     *
     * @param unread whether the last read of the status by this process failed. Then the author of the new
     *     status has not seen the old one, and it is kept even if it can be read again
     * @param onlyNew whether a readable status must not be replaced
     * @throws AlreadyExistsException if {@code onlyNew} is true and there is a readable status
     */
    @Nullable
    CorruptEntry examine(CommitProgress progress, boolean unread, boolean onlyNew) throws IOException {
        Status found;
        try {
            found = reader.read(progress.id());
        } catch (StatusException e) {
            return new CorruptEntry(layout, clock);
        }
        if (found == null) {
            persistKept(progress);
            return null;
        }
        if (onlyNew) {
            throw alreadyExists(progress);
        }
        return unread ? new CorruptEntry(layout, clock) : null;
    }

    /**
     * Checks that no other program has created the container in the meantime.
     *
     * @throws AlreadyExistsException if there is a readable status
     */
    void requireNoStatus(CommitProgress progress) {
        Status found;
        try {
            found = reader.read(progress.id());
        } catch (StatusException e) {
            return;
        }
        if (found != null) {
            throw alreadyExists(progress);
        }
    }

    private AlreadyExistsException alreadyExists(CommitProgress progress) {
        return new AlreadyExistsException(
                progress.id(), "another program has stored a status (" + layout.status(progress.folder()) + ")");
    }

    /**
     * If a former status was kept aside, makes its name durable. The process that kept it may have ended before
     * the sync, and then the new status could replace it for good. Covered by NeededSyncsTest.
     */
    private static void persistKept(CommitProgress progress) throws IOException {
        Path folder = progress.folder();
        progress.next("the former status, kept beside it, could not be synced", folder);
        if (mayHoldKept(folder)) {
            UninterruptibleChannel.syncFolder(folder, progress.folderSync());
        }
    }

    private static boolean mayHoldKept(Path folder) {
        try {
            return !FolderContents.of(folder).keptAside().isEmpty();
        } catch (IOException | RuntimeException e) {
            // The folder cannot be listed, so assume that it holds a kept status and sync it anyway.
            return true;
        }
    }
}
