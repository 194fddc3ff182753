package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;

/**
 * What stands in the place of a status but cannot be read as one: it is evidence, and perhaps the work of a later
 * version, so it is kept under another name before it is replaced.
 */
final class UnfitStatus {
    private final Layout layout;
    private final Instant time;

    /** Describes the entry; {@code time} goes into the name that it gets. */
    UnfitStatus(Layout layout, Instant time) {
        this.layout = layout;
        this.time = time;
    }

    /**
     * Gives the entry its other name. When this fails, the entry is where it was.
     *
     * @param folder the container's folder, open
     */
    void keep(Progress progress, SteadyChannel folder) throws IOException {
        Path status = layout.status(progress.folder());
        Path kept = freeName(progress.folder());
        progress.next("the unreadable status in its place could not be kept aside", status);
        if (!link(status, kept)) {
            move(status, kept);
            return;
        }
        try {
            // Persists the second name while the first one still stands: replaced and not kept would lose the bytes.
            folder.force();
        } catch (IOException | RuntimeException | Error failure) {
            CleanUp.deleteIfExists(kept, failure);
            throw failure;
        }
    }

    /** A second name instead of a move: at no moment is the container without an entry in the status's place. */
    private static boolean link(Path status, Path kept) {
        try {
            Files.createLink(kept, status);
            return true;
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            // A folder, a file of someone else, a file system without hard links: these can still be moved.
            return false;
        }
    }

    private static void move(Path status, Path kept) throws IOException {
        try {
            Files.move(status, kept, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // Someone took it away meanwhile: there is nothing to keep.
        }
    }

    /** Returns a name that is free: a rename would replace what has it. */
    private Path freeName(Path folder) {
        int attempt = 0;
        Path name = layout.keptAside(folder, time, attempt);
        while (Files.exists(name, LinkOption.NOFOLLOW_LINKS)) {
            attempt++;
            name = layout.keptAside(folder, time, attempt);
        }
        return name;
    }
}
