package io.containerstatus.fs;

import io.containerstatus.StatusException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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

    /** Creates the folder when it is missing; returns whether it did. */
    boolean createIfMissing(Progress progress) throws IOException {
        Path folder = progress.folder();
        progress.next("its folder could not be looked at", folder);
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isDirectory()) {
                throw new FileSystemException(folder.toString(), null, "it is a link or a file, not a folder");
            }
            return false;
        } catch (NoSuchFileException e) {
            progress.next("its folder could not be created", folder);
            Files.createDirectory(folder, Layout.ofFolder(folder));
            return true;
        }
    }

    /**
     * Makes the folder's name durable, also when it is not new: who created it may have ended before the sync.
     * NeededSyncsTest
     */
    void persistName(Progress progress) throws IOException {
        progress.next("the root could not be synced; a crash could lose the container's folder", layout.root());
        SteadyChannel.syncFolder(layout.root());
    }

    /**
     * Returns what stands in the place of the status and is to be kept; null when there is a status, or nothing.
     *
     * @param unread whether it could not be read when this process read it last: then whoever writes it now has never
     *     seen what it holds, also if it can be read again
     */
    @Nullable
    UnfitStatus examine(Progress progress, boolean unread) throws IOException {
        try {
            if (reader.read(progress.id()) == null) {
                persistKept(progress);
                return null;
            }
            return unread ? new UnfitStatus(layout, clock.instant()) : null;
        } catch (StatusException e) {
            return new UnfitStatus(layout, clock.instant());
        }
    }

    /**
     * Makes durable that a former status was moved aside: who moved it may have ended before the sync, and the new
     * status that takes its place could then replace it for good. NeededSyncsTest
     */
    private static void persistKept(Progress progress) throws IOException {
        Path folder = progress.folder();
        progress.next("the former status, kept beside it, could not be synced", folder);
        if (mayHoldKept(folder)) {
            SteadyChannel.syncFolder(folder);
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
