package io.containerstatus.fs;

import io.containerstatus.ContainerIds;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.StoreClosedException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.spi.StatusCheckpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Statuses as durable files, one folder a container: {@code <root>/<id>/status}, in containerd's format and layout.
 *
 * <p>A write is acknowledged when a power cut can no longer take it away: the bytes and the name are synced. At every
 * moment the file holds the old status or the new one, whole. What stands in its place but cannot be read, or could not
 * be when this object read it last, is kept beside it, as {@code status.corrupt-<time>}, by the first write. Files have
 * the mode 0600 and folders 0700 from their creation on.
 *
 * <p>All file work happens on the I/O scheduler, and results are signalled there; no caller's thread ever waits. Work
 * begins at the subscription. Cancelling before it has begun prevents it; afterwards it runs to its end, only its result
 * is dropped (a failure then goes to Reactor's {@code onErrorDropped} hook), and the canceller does not wait. An
 * interrupt breaks nothing.
 *
 * <p>Nothing is promised on file systems that do not sync what they say they sync, and against writers that do not take
 * the lock.
 *
 * <p>This class is threadsafe. For one container, start a write or deletion only when the one before has ended.
 */
public final class FileCheckpoints implements StatusCheckpoints {
    private final Path root;
    private final FileSettings settings;
    private final @Nullable Scheduler givenScheduler;
    private final FileWork work;
    private final Mono<Void> closing;
    private volatile @Nullable OwnedRoot owned;
    private volatile boolean closed;
    private volatile @Nullable Layout resolved;

    private FileCheckpoints(Builder builder) {
        root = builder.root;
        settings = new FileSettings(
                root,
                builder.maxFileSize,
                builder.clock,
                builder.folderSync,
                builder.acceptsUnlocked,
                builder.behindJournal);
        givenScheduler = builder.ioScheduler;
        work = new FileWork(givenScheduler);
        closing = work.drain()
                .then(Mono.defer(this::giveUpLock))
                .doOnTerminate(work::endThreads)
                .doFirst(() -> closed = true)
                .cache();
    }

    /** Returns the files under this root, with the defaults of the {@link #builder builder}. Touches no file. */
    public static FileCheckpoints at(Path root) {
        return builder(root).build();
    }

    /** Returns a builder for the files under this root, which may be a link to a folder or not exist yet. */
    public static Builder builder(Path root) {
        return new Builder(root);
    }

    /** Returns the root as it was given. */
    public Path root() {
        return root;
    }

    /**
     * Takes the root: creates it where it is missing, locks it, reads every status, syncs it, and removes what interrupted
     * writes, creations and deletions of this library left behind. Only regular files with names that this library gives
     * are removed, and the folders in which these were built or renamed for their removal. Changes no status, and leaves
     * empty folders alone.
     *
     * <p>The folders are looked into by several tasks of the I/O scheduler side by side: one, and one more for each 64
     * entries of the root, at most two a processor. None waits for one that has not begun, so a scheduler of one thread will
     * do. A cancellation is too late once the first task has begun.
     *
     * <p>A root that exists but cannot be locked or synced (read-only, full, someone else's) is opened to be read: then
     * every write and deletion fails with {@link NotWrittenException}. One that cannot be locked is not changed at all.
     * Where the file system can never do it, {@link Builder#acceptUnsyncedFolders} and {@link
     * Builder#acceptUnlockedRoot} open it to be written.
     *
     * <p>An {@link Error}, such as a class that cannot be loaded, says nothing of one container: it fails the opening.
     *
     * <p>The lock is held until {@link #close}, also when the result was dropped because the subscription was cancelled
     * meanwhile.
     *
     * @return emits what was obtained, the containers that {@link #list} emits, each with what {@link #read} emits for it,
     *     and the paths of what was left behind and stays, as something of another program is in it or the removal failed;
     *     or fails with {@link RootLockedException} when another store holds the root, in this
     *     process or another one; with {@link InvalidRootException} when it is no folder and none could be created, or
     *     the I/O scheduler refuses the work; with {@link UnreadableStatusException} when it cannot be listed; with
     *     {@link StoreClosedException} after {@code close}. After a failure nothing is held, and the next subscription
     *     tries again
     */
    @Override
    public Mono<Opened> open() {
        RootOpening opening = new RootOpening(settings, work::assist, this::own);
        return work.run(
                opening::run,
                cause -> cause == null
                        ? new StoreClosedException()
                        : new InvalidRootException(root.toString(), "the I/O scheduler takes no work", cause));
    }

    /** Holds one root at a time: the path may lead to another one since the first was opened. */
    private synchronized void own(OwnedRoot owner) {
        if (owned != null) {
            throw new RootLockedException(root.toString());
        }
        owned = owner;
    }

    /**
     * Returns whether the root can be written now, as far as is known: looks at no file, and may be called on any thread.
     *
     * @return before {@link #open} and after {@link #close} read-only; else what {@code open} emitted, until a change has
     *     found that the root or its lock file was replaced or removed: from then on read-only, with the reason
     */
    @Override
    public Access access() {
        if (closed) {
            return Access.readOnly("root " + root + " is closed");
        }
        OwnedRoot owner = owned;
        return owner != null ? owner.access() : Access.readOnly("root " + root + " is not open");
    }

    /**
     * Checks that the status is not larger than {@link Builder#maxFileSize}. Touches no file. Takes nanoseconds, unless
     * the status may be too large: then it is encoded.
     *
     * @throws io.containerstatus.StatusTooLargeException if it is larger
     */
    @Override
    public void requireStorable(String id, Status status) {
        SizeLimit.check(id, status, settings.maxFileSize());
    }

    /**
     * Stores the first status of a container. If the container has no folder, folder and status appear together, by one
     * rename. In a folder that is there already the status is stored as {@link #write} does it, and what cannot be read is
     * kept aside. A status that another program stores at the very moment of the rename within such a folder is replaced:
     * no file system call tells it from what was there before.
     *
     * @param id the container, see {@link ContainerIds}
     * @param status the status; its flags are not stored
     * @return completes when the status is durable; or fails with {@link io.containerstatus.AlreadyExistsException} when
     *     there is a status that can be read, or a container whose id differs only in case, whether the file system tells
     *     the two apart or not: what is there is left as it is; or as {@link #write} does. After an indeterminate failure
     *     of a change of this id, a status that is there is replaced
     */
    @Override
    public Mono<Void> create(String id, Status status) {
        Objects.requireNonNull(status, "status");
        return change(id, owner -> owner.create(id, status));
    }

    /**
     * Stores the status, whether there was one or not.
     *
     * @param id the container, see {@link ContainerIds}
     * @param status the status; its flags are not stored
     * @return completes when the status is durable; or fails with {@link InvalidContainerIdException}; with {@link
     *     NotWrittenException} when the old status stands: a step before the rename failed, the container has no folder
     *     and the id of another one differs only in case, the root is not open, can only be read, was replaced or removed
     *     since it was opened (see {@link #access}), or is closed, or the I/O scheduler refuses the work; with {@link
     *     io.containerstatus.StatusTooLargeException} when the document is larger than the limit, whatever failed before;
     *     with
     *     {@link io.containerstatus.IndeterminateWriteException} when it is uncertain which of the two a crash would
     *     leave, and from then on in place of {@code NotWrittenException}, until a write or deletion completes. An {@code
     *     Error} that broke the write off is the cause of one of the two
     */
    @Override
    public Mono<Void> write(String id, Status status) {
        Objects.requireNonNull(status, "status");
        return change(id, owner -> owner.write(id, status));
    }

    /**
     * Reads the status. Needs no {@link #open}, takes no lock, follows no link below the root, and changes nothing.
     * It reads what has the root's path at that moment: also after the root was replaced, when nothing is written there
     * any more.
     *
     * @param id the container, see {@link ContainerIds}
     * @return emits the status, with its flags off; completes empty when there is no such file or folder; or fails with
     *     {@link InvalidContainerIdException}; with {@link io.containerstatus.CorruptStatusException} or {@link
     *     io.containerstatus.UnsupportedVersionException}; with {@link UnreadableStatusException} when it is no regular
     *     file, larger than the limit, the read failed, or the I/O scheduler refuses the work; with {@link
     *     StoreClosedException} after {@code close}
     */
    public Mono<Status> read(String id) {
        if (!ContainerIds.isValid(id)) {
            return Mono.error(() -> new InvalidContainerIdException(id));
        }
        return work.run(() -> readNow(id), cause -> cause == null ? new StoreClosedException() : unread(cause));
    }

    /**
     * Removes the container. If its folder holds nothing but the status and other regular files of this library, the
     * folder is renamed, the rename is synced, and then the folder is removed under its new name; what cannot be removed is
     * left to the next opening.
     *
     * <p>If something else is in the folder, or it cannot be renamed, what was kept aside and the status are removed where
     * they are. The folder then stays, and is listed as a container without a status. A folder that is a mount point can
     * never be removed by this method. A folder without a status that holds nothing of this library stays as it is.
     *
     * <p>Without effect, and no error, when there is no such container.
     *
     * @param id the container, see {@link ContainerIds}
     * @return completes when the deletion is durable; or fails with {@link InvalidContainerIdException}; with {@link
     *     NotWrittenException} when the status stands, though what was kept aside may be gone; with {@link
     *     io.containerstatus.IndeterminateWriteException} when it may be removed and a crash may bring it back, or a
     *     temporary file beside it could not be removed: deleting again settles it
     */
    @Override
    public Mono<Void> delete(String id) {
        return change(id, owner -> owner.delete(id));
    }

    /**
     * Lists the containers: the folders under the root whose name is an id, whether they hold a status or not. containerd
     * creates the folder first and the status later. Needs no {@link #open}, takes no lock, and changes nothing.
     *
     * <p>The root is read in one go at the subscription, which holds no file open for a slow subscriber; then the ids
     * are emitted on demand, in no particular order.
     *
     * @return emits each id once; or fails with {@link UnreadableStatusException} when the root cannot be read, also
     *     because it does not exist, or the I/O scheduler refuses the work; with {@link StoreClosedException} after
     *     {@code close}
     */
    public Flux<String> list() {
        return work.run(this::listNow, cause -> cause == null ? new StoreClosedException() : unread(cause))
                .flatMapIterable(ids -> ids);
    }

    /**
     * Reads the journal of the root, see {@link JournaledCheckpoints}. Needs no {@link #open}, takes no lock, and changes
     * nothing. While a store writes the journal, the end of what is read is that of some moment of the reading.
     *
     * @return emits what it holds, and nothing in it where there is no journal; or fails with {@link InvalidRootException}
     *     when a newer release has written it, a segment is missing, or segments are of different journals; with {@link
     *     UnreadableStatusException} when the root or a segment cannot be read, or the I/O scheduler refuses the work; with
     *     {@link StoreClosedException} after {@code close}
     */
    public Mono<JournalContents> journal() {
        return work.run(this::readJournal, cause -> cause == null ? new StoreClosedException() : unread(cause));
    }

    private JournalContents readJournal() {
        OwnedRoot owner = owned;
        try {
            Layout layout = owner != null ? owner.layout() : layout();
            List<Path> segments = new Listing(layout)
                    .entries().stream().filter(Layout::isJournal).toList();
            List<JournalContents.Entry> records = new ArrayList<>();
            JournalReplay replay = JournalReplay.of(layout.root(), segments, records::add);
            return new JournalContents(records, replay.damage());
        } catch (StatusException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unread(e);
        }
    }

    /**
     * Refuses further work, waits for the work under way, gives up the lock, and lets the own threads end; a given
     * scheduler is left alone, and must work until then. Idempotent: begins with the first subscription, which each
     * later one joins, and goes on when they are cancelled. Opening again takes a new object.
     *
     * @return completes when the lock was given up, on an I/O thread, or at once where nothing was open or no
     *     thread can be had; or fails with {@link UncheckedIOException} when the lock file could not be closed well
     */
    @Override
    public Mono<Void> close() {
        return closing;
    }

    private Mono<Void> change(String id, Consumer<OwnedRoot> action) {
        if (!ContainerIds.isValid(id)) {
            return Mono.error(() -> new InvalidContainerIdException(id));
        }
        return work.run(
                () -> {
                    OwnedRoot owner = owned;
                    if (owner == null) {
                        throw new NotWrittenException(id, "root " + root + " is not open", null);
                    }
                    action.accept(owner);
                    return null;
                },
                cause -> refused(
                        id, cause == null ? "root " + root + " is closed" : "the I/O scheduler takes no work", cause));
    }

    private StatusException refused(String id, String reason, @Nullable Throwable cause) {
        OwnedRoot owner = owned;
        return owner != null ? owner.refused(id, reason, cause) : new NotWrittenException(id, reason, cause);
    }

    private @Nullable Status readNow(String id) {
        OwnedRoot owner = owned;
        if (owner != null) {
            return owner.read(id);
        }
        try {
            return new StatusReader(layout(), settings.maxFileSize()).read(id);
        } catch (StatusException e) {
            throw e;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException | RuntimeException e) {
            throw unread(e);
        }
    }

    private List<String> listNow() {
        OwnedRoot owner = owned;
        try {
            return new Listing(owner != null ? owner.layout() : layout()).ids();
        } catch (StatusException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unread(e);
        }
    }

    /** Resolves the root once: a link that is changed later does not lead this object elsewhere. */
    private Layout layout() throws IOException {
        Layout layout = resolved;
        if (layout == null) {
            layout = Layout.resolve(root);
            resolved = layout;
        }
        return layout;
    }

    private UnreadableStatusException unread(Throwable cause) {
        return new UnreadableStatusException(root.toString(), IoReason.of(cause), cause);
    }

    /** Returns the scheduler that was given; null if there is none. */
    @Nullable
    Scheduler givenScheduler() {
        return givenScheduler;
    }

    /** Returns the root as the home of a journal. */
    JournalHome journalHome() {
        return new JournalHome() {
            private OwnedRoot owner() {
                return Objects.requireNonNull(owned, "the root is not open");
            }

            @Override
            public Layout layout() {
                return owner().layout();
            }

            @Override
            public JournalReplay replay() {
                return owner().replay();
            }

            @Override
            public FolderSync folderSync() {
                return settings.folderSync();
            }

            @Override
            public void requireOwned() throws IOException {
                owner().requireTaken();
            }

            @Override
            public void mark(JournalMark.@Nullable Named journal) throws IOException {
                owner().markJournal(journal);
            }
        };
    }

    private Mono<Void> giveUpLock() {
        OwnedRoot owner = owned;
        if (owner == null) {
            return Mono.empty();
        }
        return work.runLast(() -> {
            try {
                owner.close();
                return null;
            } catch (IOException e) {
                throw new UncheckedIOException("the lock of root " + root + " could not be given up cleanly", e);
            }
        });
    }

    /** Collects the settings. Each setter checks its value. Not threadsafe. */
    public static final class Builder {
        private final Path root;
        private @Nullable Scheduler ioScheduler;
        private Clock clock = Clock.systemUTC();
        private int maxFileSize = StatusReader.DEFAULT_MAX_FILE_SIZE;
        private FolderSync folderSync = FolderSync.REQUIRED;
        private boolean acceptsUnlocked;
        private boolean behindJournal;

        private Builder(Path root) {
            this.root = Objects.requireNonNull(root, "root");
        }

        /**
         * Sets the scheduler for the file work, which blocks its threads. It is never disposed of, and must work until
         * {@link FileCheckpoints#close} completed. Whatever it throws when it is given work is a refusal: work that it
         * has queued all the same, and not begun, is then never done. By default: up to 64 daemon threads named {@code
         * status-io}, started with the first work, ended when they are idle for a minute and at the close.
         */
        public Builder ioScheduler(Scheduler ioScheduler) {
            this.ioScheduler = Objects.requireNonNull(ioScheduler, "ioScheduler");
            return this;
        }

        /** Sets the clock for the names of statuses that are kept aside; by default the system's, in UTC. */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets the size of the largest file that is read or written, in bytes; by default 1 MiB.
         *
         * @throws IllegalArgumentException if it is not in 1..2147483631
         */
        public Builder maxFileSize(long maxFileSize) {
            this.maxFileSize = StatusReader.requireMaxFileSize(maxFileSize);
            return this;
        }

        /**
         * Accepts a file system that cannot sync a folder, as some of virtual machines and networks: the sync fails with
         * EINVAL ("Invalid argument"), and without this setting the root can only be read.
         *
         * <p>The promise is weaker there. What was acknowledged survives a crash of the process, but a crash of the system
         * or a power cut may undo it: an update, a creation, or a deletion, whose container is then back. What a reader
         * finds is one of the statuses that were written, whole, if the file system keeps the order of a sync of a file
         * and the rename after it. {@link Access#reason} says so. Any other failure of a sync is a failure still. Where
         * folders can be synced, this changes nothing.
         */
        public Builder acceptUnsyncedFolders() {
            this.folderSync = FolderSync.WHERE_SUPPORTED;
            return this;
        }

        /**
         * Accepts a file system that cannot lock files, as NFS without a lock server: the lock fails with ENOLCK ("No
         * locks available"), and without this setting the root can only be read.
         *
         * <p>The promise is weaker there. Another process, or a copy of this library in another class loader, is not kept
         * out: the caller sees to it that there is none. Two of them replace each other's statuses, without an error, and
         * may fail each other's writes. Within this class loader a second opening of the root is refused as ever. What
         * interrupted writes left behind is not removed by the opening, but by the next write or deletion. {@link
         * Access#reason} says so. Any other failure of the lock is one still. Where files can be locked, this changes
         * nothing.
         */
        public Builder acceptUnlockedRoot() {
            this.acceptsUnlocked = true;
            return this;
        }

        /**
         * Puts a journal in front of the files, so that durable updates of all containers share one flush of the disk. See
         * {@link JournaledCheckpoints} for what changes for a reader of the files.
         *
         * @return a builder for the settings of the journal, which goes on with those made here
         */
        public JournaledCheckpoints.Builder journaled() {
            return new JournaledCheckpoints.Builder(this);
        }

        FileCheckpoints buildBehindJournal() {
            behindJournal = true;
            try {
                return build();
            } finally {
                behindJournal = false;
            }
        }

        /** Returns the checkpoints; touches no file. */
        public FileCheckpoints build() {
            return new FileCheckpoints(this);
        }
    }
}
