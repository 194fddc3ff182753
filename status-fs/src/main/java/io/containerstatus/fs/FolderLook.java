package io.containerstatus.fs;

import io.containerstatus.ContainerIds;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.spi.StatusCheckpoints.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Looks into the folders of a root that is being opened: reads the status, and removes what processes of this library
 * left behind when they ended in mid-write: a temporary file, and a folder that holds nothing else. containerd's own
 * temporary files and everything else stay. Not threadsafe.
 *
 * <p>What cannot be removed stays: it costs space, not truth, since no reader looks at it, and the next write, deletion
 * or opening tries again.
 */
final class FolderLook {
    private final Layout layout;
    private final StatusReader reader;
    private final boolean sweeps;
    private final ByteBuffer buffer;

    /** Prepares; {@code sweeps} only under the exclusive lock, so that no writer is there whose file it could take. */
    FolderLook(Layout layout, StatusReader reader, boolean sweeps) {
        this.layout = layout;
        this.reader = reader;
        this.sweeps = sweeps;
        this.buffer = reader.newBuffer();
    }

    /** Returns what an entry of the root holds; null when it is no container, see {@link Listing}. */
    @Nullable
    Found at(Path entry) {
        String id = entry.getFileName().toString();
        if (!ContainerIds.isValid(id)) {
            return null;
        }
        try {
            return Listing.isFolder(entry) ? in(id, entry) : null;
        } catch (NoSuchFileException e) {
            // Removed since its name was read.
            return null;
        } catch (IOException | RuntimeException e) {
            return Found.failed(id, new UnreadableStatusException(entry.toString(), IoReason.of(e), e));
        } catch (Error e) {
            // Whatever it is, it is this container's alone: the others are still read.
            return Found.failed(id, e);
        }
    }

    private @Nullable Found in(String id, Path folder) throws IOException {
        Status status;
        try {
            status = reader.readIn(folder, buffer);
        } catch (StatusException failure) {
            sweepBeside(folder);
            return Found.failed(id, failure);
        }
        if (status == null) {
            return withoutStatus(id, folder);
        }
        sweepBeside(folder);
        return Found.of(id, status);
    }

    private @Nullable Found withoutStatus(String id, Path folder) throws NoSuchFileException {
        FolderContents contents;
        try {
            contents = FolderContents.of(folder);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // What can be seen but not looked into counts: its process may be running.
            return Found.missing(id);
        }
        sweep(folder, contents);
        return contents.isLeftover() ? null : Found.missing(id);
    }

    /**
     * One call where there is nothing: a list would take four, and the removal of nothing costs an exception. (A link
     * that leads nowhere passes for nothing. No write left it, and the next one removes it.)
     */
    private void sweepBeside(Path folder) {
        try {
            if (sweeps) {
                Path temporary = layout.temporary(folder);
                if (Files.exists(temporary)) {
                    Files.deleteIfExists(temporary);
                }
            }
        } catch (IOException | RuntimeException e) {
            // See above.
        }
    }

    private void sweep(Path folder, FolderContents contents) {
        try {
            if (sweeps) {
                for (Path temporary : contents.temporary()) {
                    Files.deleteIfExists(temporary);
                }
                if (contents.isLeftover()) {
                    Files.deleteIfExists(folder);
                }
            }
        } catch (IOException | RuntimeException e) {
            // See above.
        }
    }
}
