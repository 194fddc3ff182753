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
 * Makes a container's folder fit for a write, when it is not known to be: this process writes it for the first time, or
 * its last write or deletion failed.
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

    /** Returns whether the folder is there. Fails if something else has its name. */
    boolean isFolder(CommitProgress progress) throws IOException {
        Path folder = progress.folder();
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

    /**
     * Makes the folder's name durable: the program that created it may have ended before the sync. NeededSyncsTest
     */
    void persistName(CommitProgress progress) throws IOException {
        progress.next("the root could not be synced; a crash could lose the container's folder", layout.root());
        UninterruptibleChannel.syncFolder(layout.root(), progress.folderSync());
    }

    /**
     * Returns what stands in the place of the status and is to be kept; null when there is a status, or nothing.
     *
     * @param unread whether it could not be read when this process read it last: then the program that writes it now has
     *     never seen what it holds, also if it can be read again
     * @param onlyNew whether a status that can be read is not to be replaced
     * @throws AlreadyExistsException if there is one
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
     * Checks that another program has not created the container meanwhile.
     *
     * @throws AlreadyExistsException if there is a status that can be read
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
     * Makes durable that a former status was moved aside: who moved it may have ended before the sync, and the new
     * status that takes its place could then replace it for good. NeededSyncsTest
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
            // Cannot be told: then the sync is made, which does not take a list.
            return true;
        }
    }
}
