package io.containerstatus.fs;

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

/**
 * What stands in the place of a status but could not be read as one: it is evidence, and perhaps the work of a later
 * version, so it is kept under another name before it is replaced.
 */
final class UnfitStatus {
    private final Layout layout;
    private final Clock clock;

    /** Describes the entry; the clock is asked for the time in the name that it gets. */
    UnfitStatus(Layout layout, Clock clock) {
        this.layout = layout;
        this.clock = clock;
    }

    /**
     * Gives the entry its other name, durably. When this fails, the entry is where it was, or has the other name.
     *
     * @param folder the container's folder, open
     */
    void keep(Progress progress, SteadyChannel folder) throws IOException {
        Path status = layout.status(progress.folder());
        progress.next("the clock did not give the time for the name under which the unreadable status is kept", status);
        Instant time = Objects.requireNonNull(clock.instant(), "the clock returned null");
        progress.next("the unreadable status in its place could not be kept aside", status);
        Path kept = freeName(progress.folder(), time);
        progress.requireRoot();
        boolean linked = link(status, kept);
        if (!linked) {
            // From here on a failure does not leave it in its place for certain.
            progress.commits();
            move(status, kept);
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
                CleanUp.deleteIfExists(kept, failure);
            } else {
                CleanUp.moveBack(kept, status, failure);
            }
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
