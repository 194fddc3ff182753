package io.containerstatus.fs;

import io.containerstatus.InvalidRootException;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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

    private final FileSettings settings;
    private final Consumer<Runnable> assistants;
    private final Consumer<OwnedRoot> owner;

    /**
     * Prepares openings.
     *
     * @param assistants see {@link ParallelPass}
     * @param owner is given the root, with its lock, before the result is emitted
     */
    RootOpening(FileSettings settings, Consumer<Runnable> assistants, Consumer<OwnedRoot> owner) {
        this.settings = settings;
        this.assistants = assistants;
        this.owner = owner;
    }

    /** Opens the root; ends on this thread, or on that of an assistant. After a failure the lock is free again. */
    void run(FileWork.Ending<Opened> ending) {
        Taken taken;
        List<Path> entries;
        try {
            // An unusable dependency fails the opening, and not each container. Nothing is touched before that.
            StatusCodec.requireUsable();
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
            Layout layout = new Layout(new RootFolder(settings.root(), settings.folderSync()).obtain());
            return new Taken(layout, RootLock.take(layout, settings.acceptsUnlocked()));
        } catch (StatusException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw invalid(e);
        }
    }

    private InvalidRootException invalid(Exception cause) {
        return new InvalidRootException(settings.root().toString(), IoReason.of(cause), cause);
    }

    /** The root under its lock. */
    private final class Taken {
        private final Layout layout;
        private final RootLock lock;
        /** Null when the root can only be read. */
        private final @Nullable RootGuard guard;

        Taken(Layout layout, RootLock lock) {
            this.layout = layout;
            this.lock = lock;
            this.guard = lock.identity() == null ? null : new RootGuard(layout, lock.identity());
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
            Ending looked =
                    new Ending(this, entries.stream().filter(Layout::isLeftover).toList(), ending);
            new ParallelPass<>(entries, BY_ID, looked, assistants, System::nanoTime).run(this::look);
        }

        private Function<Path, @Nullable Found> look() {
            StatusReader reader = new StatusReader(layout, settings.maxFileSize());
            return new FolderLook(layout, reader, this::sweeps)::at;
        }

        private boolean sweeps() {
            return lock.strength() == RootLock.Strength.EXCLUSIVE && guard != null && guard.holds();
        }

        /** Takes what was found, and gives the root to its owner. */
        Opened own(List<Found> found, List<Path> leftovers) {
            Access access = access();
            Opened opened =
                    new Opened(access, found, access.writable() && sweeps() ? swept(leftovers) : names(leftovers));
            owner.accept(new OwnedRoot(layout, access, opened.containers(), lock, guard, settings));
            return opened;
        }

        /**
         * Removes the folders of creations and deletions that did not end, and returns those that stay. Only after the
         * sync of the root: otherwise a power cut could bring a deleted folder back under its id, without its status.
         */
        private static List<String> swept(List<Path> leftovers) {
            return names(leftovers.stream().filter(folder -> !isRemoved(folder)).toList());
        }

        private static boolean isRemoved(Path folder) {
            try {
                return FolderContents.removeOurs(folder);
            } catch (IOException | RuntimeException e) {
                // It stays, and is reported.
                return false;
            }
        }

        private static List<String> names(List<Path> paths) {
            return paths.stream().map(Path::toString).toList();
        }

        private Access access() {
            if (guard == null) {
                return Access.readOnly("root " + layout.root() + " can only be read: " + lock.obstacle());
            }
            requireRoot(guard);
            try {
                // After the names were read, so that they are durable.
                return writable(lock.obstacle(), sync());
            } catch (IOException | RuntimeException e) {
                // What cannot be synced can still be read, and no container must be lost from sight for it.
                return Access.readOnly(
                        "root " + layout.root() + " can only be read: its sync failed: " + IoReason.of(e));
            }
        }

        /** What was read may be of two roots. */
        private void requireRoot(RootGuard owned) {
            try {
                owned.require();
            } catch (RootCheckException e) {
                throw invalid(e);
            }
        }

        /** Returns why the root cannot be synced, if that is accepted; else empty. */
        private String sync() throws IOException {
            try {
                RootFolder.sync(layout.root(), FolderSync.REQUIRED);
                return "";
            } catch (MissingCapabilityException e) {
                if (settings.folderSync() == FolderSync.REQUIRED) {
                    throw e;
                }
                // Of the root and the folder above it, one may be on another file system.
                RootFolder.sync(layout.root(), settings.folderSync());
                return e.lack();
            }
        }

        private Access writable(String unlocked, String unsynced) {
            List<String> weaknesses = new ArrayList<>();
            if (!unlocked.isEmpty()) {
                weaknesses.add(unlocked + ", so other processes are not kept out");
            }
            if (!unsynced.isEmpty()) {
                weaknesses.add(unsynced + ", so a power cut may undo what was acknowledged");
            }
            return weaknesses.isEmpty()
                    ? Access.WRITABLE
                    : new Access(true, "root " + layout.root() + ": " + String.join("; ", weaknesses));
        }
    }

    /** Ends an opening when everything was looked at. */
    private record Ending(Taken taken, List<Path> leftovers, FileWork.Ending<Opened> ending)
            implements ParallelPass.Ending<Found> {
        @Override
        public void succeed(List<Found> found) {
            Opened opened;
            try {
                opened = taken.own(found, leftovers);
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
