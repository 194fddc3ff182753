package io.containerstatus.fs;

import io.containerstatus.InvalidRootException;
import io.containerstatus.StatusException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Opens a root: creates it, takes its lock, looks into all its folders, and makes durable what an earlier run may have
 * left unsynced.
 */
final class RootOpening {
    private static final Comparator<Found> BY_ID = Comparator.comparing(Found::id);

    private final Path given;
    private final int maxFileSize;
    private final Clock clock;
    private final Consumer<Runnable> assistants;
    private final Consumer<OwnedRoot> owner;

    /**
     * Prepares openings.
     *
     * @param assistants see {@link ParallelPass}
     * @param owner is given the root, with its lock, before anyone is told
     */
    RootOpening(Path given, int maxFileSize, Clock clock, Consumer<Runnable> assistants, Consumer<OwnedRoot> owner) {
        this.given = given;
        this.maxFileSize = maxFileSize;
        this.clock = clock;
        this.assistants = assistants;
        this.owner = owner;
    }

    /** Opens the root; ends on this thread, or on that of an assistant. After a failure the lock is free again. */
    void run(FileWork.Ending<Opened> ending) {
        Taken taken;
        List<Path> entries;
        try {
            taken = take();
            entries = taken.entries();
        } catch (RuntimeException | Error failure) {
            ending.fail(failure);
            return;
        }
        taken.lookInto(entries, ending);
    }

    private Taken take() {
        try {
            Layout layout = new Layout(new RootFolder(given).obtain());
            return new Taken(layout, RootLock.take(layout));
        } catch (StatusException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new InvalidRootException(given.toString(), IoReason.of(e), e);
        }
    }

    /** The root under its lock. */
    private final class Taken {
        private final Layout layout;
        private final RootLock lock;

        Taken(Layout layout, RootLock lock) {
            this.layout = layout;
            this.lock = lock;
        }

        /** Returns everything in the root; gives up the lock when it cannot be told. */
        List<Path> entries() {
            try {
                return new Listing(layout).entries();
            } catch (RuntimeException | Error failure) {
                CleanUp.close(lock, failure);
                throw failure;
            }
        }

        void lookInto(List<Path> entries, FileWork.Ending<Opened> ending) {
            Ending looked = new Ending(this, ending);
            new ParallelPass<>(entries, BY_ID, looked, assistants, System::nanoTime).run(this::look);
        }

        private Function<Path, @Nullable Found> look() {
            StatusReader reader = new StatusReader(layout, maxFileSize);
            return new FolderLook(layout, reader, /* sweeps= */ lock.obstacle().isEmpty())::at;
        }

        /** Takes what was found, and gives the root to its owner. */
        Opened own(List<Found> found) {
            Access access = access();
            Opened opened = new Opened(access, found);
            owner.accept(new OwnedRoot(layout, access, opened.containers(), lock, maxFileSize, clock));
            return opened;
        }

        private Access access() {
            if (!lock.obstacle().isEmpty()) {
                return readOnly(lock.obstacle());
            }
            try {
                // After the names were read and what was left over is removed, so that both are durable.
                RootFolder.sync(layout.root());
                return Access.WRITABLE;
            } catch (IOException | RuntimeException e) {
                // What cannot be synced can still be read, and no container must be lost from sight for it.
                return readOnly("its sync failed: " + IoReason.of(e));
            }
        }

        private Access readOnly(String reason) {
            return Access.readOnly("root " + layout.root() + " can only be read: " + reason);
        }
    }

    /** Ends an opening when everything was looked at. */
    private record Ending(Taken taken, FileWork.Ending<Opened> ending) implements ParallelPass.Ending<Found> {
        @Override
        public void succeed(List<Found> found) {
            Opened opened;
            try {
                opened = taken.own(found);
            } catch (RuntimeException | Error failure) {
                fail(failure);
                return;
            }
            ending.succeed(opened);
        }

        @Override
        public void fail(Throwable failure) {
            CleanUp.close(taken.lock, failure);
            ending.fail(failure);
        }
    }
}
