package io.containerstatus.fs;

import io.containerstatus.ContainerIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Removes what processes of this library left behind when they ended in mid-write: temporary files, and folders that
 * hold nothing else. Runs only under the exclusive lock, so that no writer is there whose file it could take away;
 * containerd's own temporary files and everything else stay.
 *
 * <p>What cannot be removed stays: it costs space, not truth, since no reader looks at it. A store does not refuse its
 * service for that, and the next opening tries again.
 */
final class Sweep {
    private final Layout layout;

    Sweep(Layout layout) {
        this.layout = layout;
    }

    void run() {
        try {
            for (Path entry : FolderContents.entries(layout.root())) {
                if (ContainerIds.isValid(entry.getFileName().toString())) {
                    sweep(entry);
                }
            }
        } catch (IOException | RuntimeException e) {
            // The root cannot be listed: then listing says so, to those who ask.
        }
    }

    private static void sweep(Path entry) {
        try {
            if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            FolderContents contents = FolderContents.of(entry);
            for (Path temporary : contents.temporary()) {
                Files.deleteIfExists(temporary);
            }
            if (contents.isLeftover()) {
                Files.deleteIfExists(entry);
            }
        } catch (IOException | RuntimeException e) {
            // See above: this one stays, the others are still swept.
        }
    }
}
