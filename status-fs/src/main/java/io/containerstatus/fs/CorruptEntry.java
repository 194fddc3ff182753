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
 * What stands in the place of a status but could not be read as one: it is evidence, and perhaps the work of a later
 * version, so it is kept under another name before it is replaced.
 */
final class CorruptEntry {
    private final Layout layout;
    private final Clock clock;
    /** Where it was kept; null before that, or if somebody took it away. */
    private @Nullable Path kept;

    /** Describes the entry; the clock is asked for the time in the name that it gets. */
    CorruptEntry(Layout layout, Clock clock) {
        this.layout = layout;
        this.clock = clock;
    }

    /**
     * Gives the entry its other name, durably. When this fails, the entry is where it was, or has the other name.
     *
     * @param folder the container's folder, open
     */
    void keep(CommitProgress progress, UninterruptibleChannel folder) throws IOException {
        Path status = layout.status(progress.folder());
        progress.next("the clock did not give the time for the name under which the unreadable status is kept", status);
        Instant time = Objects.requireNonNull(clock.instant(), "the clock returned null");
        progress.next("the unreadable status in its place could not be kept aside", status);
        Path name = freeName(progress.folder(), time);
        progress.requireRoot();
        boolean linked = link(status, name);
        boolean moved = false;
        if (!linked) {
            // From here on a failure does not leave it in its place for certain.
            progress.commits();
            moved = move(status, name);
        }
        try {
            // Persists the other name before the new status takes the place: replaced and not kept would lose the
            // bytes. NeededSyncsTest
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

    /** Logs what was kept, if anything was. Apart from keeping it: a logger may take its time. */
    void log(String id) {
        if (kept != null) {
            OperatorLog.warn(
                    CorruptEntry.class,
                    "status \"" + id + "\": what stood in its place could not be read, and is kept as " + kept,
                    null);
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

    /** Returns false if somebody took it away meanwhile: there is nothing to keep. */
    private static boolean move(Path status, Path kept) throws IOException {
        try {
            Files.move(status, kept, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Returns a name that is free: a rename would replace what has it. */
    private Path freeName(Path folder, Instant time) throws IOException {
        int attempt = 0;
        Path name = layout.keptAside(folder, time, attempt);
        while (exists(name)) {
            attempt++;
            name = layout.keptAside(folder, time, attempt);
        }
        return name;
    }

    /** Fails where it cannot be told, unlike {@code Files.exists}. */
    private static boolean exists(Path name) throws IOException {
        try {
            Files.readAttributes(name, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
