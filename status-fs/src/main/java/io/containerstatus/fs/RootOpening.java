package io.containerstatus.fs;

import io.containerstatus.InvalidRootException;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.fs.internal.OperatorLog;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Opens a root: creates it, takes its lock, reads all its folders, and makes durable what an earlier run may
 * have left unsynced.
 */
final class RootOpening {
    /** How many folders are searched for files of another program. */
    private static final int MOST_SEARCHED = 16;

    private static final Comparator<Found> BY_ID = Comparator.comparing(Found::id);

    private final FileSettings settings;
    private final Consumer<Runnable> assistants;
    private final Consumer<OwnedRoot> owner;

    /**
     * Prepares openings.
     *
     * @param assistants see {@link ParallelPass}
     * @param owner receives the root, with its lock, before the result is emitted
     */
    RootOpening(FileSettings settings, Consumer<Runnable> assistants, Consumer<OwnedRoot> owner) {
        this.settings = settings;
        this.assistants = assistants;
        this.owner = owner;
    }

    /** Opens the root, on this thread and on those of assistants. After a failure, the lock is free again. */
    Opened run() {
        // An unusable dependency fails the opening, and not each container. Nothing is touched before this check.
        StatusCodec.requireUsable();
        Taken taken = take();
        try {
            return taken.open();
        } catch (RuntimeException | Error failure) {
            SuppressingCleanup.close(taken.lock, failure);
            throw failure;
        }
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
        return invalid(IoReason.of(cause), cause);
    }

    private InvalidRootException invalid(String reason, Exception cause) {
        return new InvalidRootException(settings.root().toString(), reason, cause);
    }

    /** The root under its lock. */
    private final class Taken {
        private final Layout layout;
        private final RootLock lock;
        /** Null if the root can only be read. */
        private final @Nullable RootGuard guard;

        private final SweepReport report = new SweepReport();

        Taken(Layout layout, RootLock lock) {
            this.layout = layout;
            this.lock = lock;
            this.guard = lock.identity() == null ? null : new RootGuard(layout, lock.identity());
        }

        /** Reads everything, and hands the root to its owner. */
        Opened open() {
            List<Path> entries = new Listing(layout).entries();
            List<Found> found = new ParallelPass<>(entries, BY_ID, assistants).run(this::scan);
            return own(
                    found,
                    replay(entries),
                    entries.stream().filter(Layout::isLeftover).toList());
        }

        private JournalReplay replay(List<Path> entries) {
            List<Path> segments = entries.stream().filter(Layout::isJournal).toList();
            try {
                JournalReplay replay = JournalReplay.of(layout.root(), segments);
                JournalMark mark = lock.journalMark();
                if (mark != null) {
                    replay.requireOwn(mark, layout.lock());
                }
                return replay;
            } catch (IOException e) {
                throw invalid("its journal cannot be read: " + IoReason.of(e), e);
            }
        }

        private Function<Path, @Nullable Found> scan() {
            StatusReader reader = new StatusReader(layout, settings.maxFileSize());
            return new FolderScan(layout, reader, this::sweeps, report)::at;
        }

        private boolean sweeps() {
            return lock.strength() == RootLock.Strength.EXCLUSIVE && guard != null && guard.holds();
        }

        private Opened own(List<Found> found, JournalReplay replay, List<Path> leftovers) {
            Access access = access();
            OwnedRoot owned = new OwnedRoot(layout, access, found, lock, guard, settings, replay);
            if (access.writable() && !settings.behindJournal()) {
                access = owned.bringUp();
            }
            Opened opened = new Opened(
                    access,
                    replay.over(found),
                    access.writable() && sweeps() ? swept(leftovers) : names(leftovers),
                    replay.damage());
            log(opened);
            if (access.writable() && settings.behindJournal()) {
                warnOfOthers(found);
            }
            // The hand-over to the owner is the last step, so that an earlier failure leaves no owner behind.
            if (!settings.behindJournal()) {
                replay.forget();
            }
            owner.accept(owned);
            return opened;
        }

        private void log(Opened opened) {
            for (String damage : opened.damage()) {
                OperatorLog.error(RootOpening.class, "the journal is damaged: " + damage, null);
            }
            String reason = opened.access().reason();
            if (!opened.access().writable()) {
                OperatorLog.warn(RootOpening.class, "opened for reading only: " + reason, null);
                return;
            }
            if (reason != null) {
                OperatorLog.warn(RootOpening.class, "opened with a weaker promise: " + reason, null);
            }
            report.log(layout.root(), opened.leftovers());
        }

        /**
         * Logs a warning if another program uses the root, because after a crash it may read old files. Checks
         * only a few folders.
         */
        private void warnOfOthers(List<Found> found) {
            found.stream()
                    .limit(MOST_SEARCHED)
                    .map(one -> foreign(layout.folder(one.id())))
                    .flatMap(Optional::stream)
                    .findFirst()
                    .ifPresent(path -> OperatorLog.warn(
                            RootOpening.class,
                            "root " + layout.root() + " has a journal, and another program keeps files in it, as "
                                    + path
                                    + ". After a crash, a program that reads the statuses here may find older ones"
                                    + " until this library opens the root again",
                            null));
        }

        private static Optional<Path> foreign(Path folder) {
            try {
                return FolderContents.of(folder).foreign().stream().findFirst();
            } catch (IOException | RuntimeException e) {
                // The folder may be gone by now. The warning is not worth another attempt.
                return Optional.empty();
            }
        }

        /**
         * Removes the folders of unfinished creations and deletions, and returns those that stay. Called only
         * after the sync of the root: otherwise a power cut could bring a deleted folder back under its id,
         * without its status.
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
                // The sync comes after the names were read, so that these names are durable.
                return writable(lock.obstacle(), sync());
            } catch (IOException | RuntimeException e) {
                // A root that cannot be synced can still be read, and its containers must stay visible.
                return Access.readOnly(
                        "root " + layout.root() + " can only be read: its sync failed: " + IoReason.of(e));
            }
        }

        /** Fails if the root was replaced in the meantime, because the results may then come from two roots. */
        private void requireRoot(RootGuard owned) {
            try {
                owned.require();
            } catch (RootCheckException e) {
                throw invalid(e);
            }
        }

        /** Returns why the root cannot be synced, if a setting accepts that; empty if it was synced. */
        private String sync() throws IOException {
            try {
                RootFolder.sync(layout.root(), FolderSync.REQUIRED);
                return "";
            } catch (MissingCapabilityException e) {
                if (settings.folderSync() == FolderSync.REQUIRED) {
                    throw e;
                }
                // The root and its parent may be on different file systems, so one of them may still need its sync.
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
                weaknesses.add(unsynced + ", so a power cut may undo completed changes");
            }
            return weaknesses.isEmpty()
                    ? Access.WRITABLE
                    : Access.weaker("root " + layout.root() + ": " + String.join("; ", weaknesses));
        }
    }
}
