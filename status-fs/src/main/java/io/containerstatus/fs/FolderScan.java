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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the folders of a root that is being opened. Reads each status, and removes a temporary file that a process of
 * this library left behind when it ended during a write. Everything else stays, including containerd's own temporary
 * files and empty folders. This class is not threadsafe.
 *
 * <p>If a temporary file cannot be removed, it stays. It only takes space, because no reader opens it, and the
 * next write, deletion or opening tries again.
 */
final class FolderScan {
    private final Layout layout;
    private final StatusReader reader;
    private final BooleanSupplier sweeps;
    private final SweepReport report;
    private final ByteBuffer buffer;

    /**
     * Prepares a scan.
     *
     * @param sweeps called before each removal. True only under the exclusive lock, so that no writer uses the file
     * @param report receives the files that could not be removed
     */
    FolderScan(Layout layout, StatusReader reader, BooleanSupplier sweeps, SweepReport report) {
        this.layout = layout;
        this.reader = reader;
        this.sweeps = sweeps;
        this.report = report;
        this.buffer = reader.newBuffer();
    }

    /**
     * Returns what an entry of the root holds; null if it is no container, see {@link Listing}. An
     * {@code Error} is not attributed to the container: it is thrown, and the opening fails.
     * Covered by OpeningErrorsTest.
     */
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
        sweepBeside(folder);
        if (status != null) {
            return Found.of(id, status);
        }
        return Listing.isContainer(folder) ? Found.missing(id) : null;
    }

    /**
     * Checks first whether there is a file, by one call, because the removal of a missing file would cost an
     * exception. A link that leads nowhere counts as missing. No write of this library leaves such a link, and the
     * next write removes it.
     */
    private void sweepBeside(Path folder) {
        Path temporary = layout.temporary(folder);
        try {
            if (Files.exists(temporary) && FolderContents.isRegularFile(temporary) && sweeps.getAsBoolean()) {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException | RuntimeException e) {
            // The file stays, see above.
            report.stays(temporary, e);
        }
    }
}
