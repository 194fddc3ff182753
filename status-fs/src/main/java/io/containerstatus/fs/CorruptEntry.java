package io.containerstatus.fs;

import io.containerstatus.fs.internal.OperatorLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry named {@code status} that could not be read as a status. It is evidence, and perhaps the work of a
 * newer version, so it is kept under another name before it is replaced.
 */
final class CorruptEntry {
    private final Layout layout;
    private final Clock clock;
    /** The name under which the entry was kept; null before that, or if another program has removed the entry. */
    private @Nullable Path kept;

    /** The clock gives the time in the name under which the entry is kept. */
    CorruptEntry(Layout layout, Clock clock) {
        this.layout = layout;
        this.clock = clock;
    }

    /**
     * Gives the entry its other name, durably. If this fails, the entry has its old name, the other one, or both.
     *
     * @param folder the container's folder, open
     */
    void keep(CommitProgress progress, UninterruptibleChannel folder) throws IOException {
        Path status = layout.status(progress.folder());
        progress.next("the clock failed, so the unreadable status could not be named and kept", status);
        Instant time = Objects.requireNonNull(clock.instant(), "the clock returned null");
        progress.next("the existing unreadable status could not be kept aside", status);
        Path name = freeName(progress.folder(), time);
        progress.requireRoot();
        boolean linked = link(status, name);
        boolean moved = false;
        if (!linked) {
            // From here on, a failure does not certainly leave the entry at its old name.
            progress.commits();
            moved = move(status, name);
        }
        try {
            // Persists the other name before the new status takes the old one. Otherwise the entry could be
            // replaced and its bytes lost. Covered by NeededSyncsTest.
            folder.force();
        } catch (IOException | RuntimeException | Error failure) {
            if (!progress.rootHolds()) {
                throw failure;
            }
            if (linked) {
                SuppressingCleanup.deleteIfExists(name, failure);
            } else {
                SuppressingCleanup.moveBack(name, status, failure);
            }
            throw failure;
        }
        kept = linked || moved ? name : null;
    }

    /**
     * Logs the kept entry, if there is one. This method is separate from {@link #keep}, because a logger may be slow.
     */
    void log(String id) {
        if (kept != null) {
            OperatorLog.warn(
                    CorruptEntry.class,
                    "status \"" + id + "\": the existing entry could not be read, and was kept as " + kept,
                    null);
        }
    }

    /** Adds a second name instead of moving the entry, so that the name {@code status} is never missing. */
    private static boolean link(Path status, Path kept) {
        try {
            Files.createLink(kept, status);
            return true;
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            // The entry is a folder or a file of another user, or the file system has no hard links. It
            // can still be moved.
            return false;
        }
    }

    /** Returns false if another program removed the entry in the meantime: there is nothing to keep. */
    private static boolean move(Path status, Path kept) throws IOException {
        try {
            Files.move(status, kept, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Returns a free name, because a rename would replace an existing entry. */
    private Path freeName(Path folder, Instant time) throws IOException {
        int attempt = 0;
        Path name = layout.keptAside(folder, time, attempt);
        while (exists(name)) {
            attempt++;
            name = layout.keptAside(folder, time, attempt);
        }
        return name;
    }

    /** Throws if this cannot be determined, unlike {@code Files.exists}. */
    private static boolean exists(Path name) throws IOException {
        try {
            Files.readAttributes(name, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
