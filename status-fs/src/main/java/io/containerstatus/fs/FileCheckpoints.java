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
 * Statuses as durable files, one folder per container: {@code <root>/<id>/status}, in containerd's
 * format and layout.
 *
 * <p>A write completes only once a power cut can no longer undo it: the bytes and the name are synced. At every
 * moment, the file holds the complete old status or the complete new one. If the existing entry named {@code status}
 * cannot be read, or if the last read of it through this object failed, the first write keeps it beside the new one,
 * as {@code status.corrupt-<time>}. Files are created with the mode 0600, and folders with the mode 0700.
 *
 * <p>All file work happens on the I/O scheduler, and results are signalled there. If an id is invalid, if this object
 * is closed, or if the scheduler rejects the work, the error is signalled on the subscribing thread. No caller's
 * thread ever waits. A subscription hands the work to the scheduler. If it is cancelled before a thread has begun the
 * work, the work is not done. After that, the work runs to its end, and only its result is dropped; a failure then
 * goes to Reactor's {@code onErrorDropped} hook. An interrupt of a thread does not break off the work.
 *
 * <p>Nothing is promised if a file system reports a sync without having done it, or if another writer does not take
 * the lock.
 *
 * <p>This class is threadsafe. For one container, start a write or deletion only after the previous one has ended.
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

    /** Returns a builder for the files under this root, which may be a link to a folder, and need not exist yet. */
    public static Builder builder(Path root) {
        return new Builder(root);
    }

    /** Returns the root as it was passed to the builder. */
    public Path root() {
        return root;
    }

    /**
     * Takes the root: creates it if it is missing, locks it, reads every status, syncs it, and removes what
     * interrupted writes, creations and deletions of this library left behind. Removes only regular files with names
     * that this library gives, and the folders that this library has built, or has renamed in order to remove them.
     * Does not touch empty folders, and changes no status. But if the root has a journal (see
     * {@link JournaledCheckpoints}), the opening writes the newest statuses of the journal to the files, performs its
     * deletions, and then removes the journal.
     *
     * <p>Several tasks of the I/O scheduler read the folders in parallel: one task, plus one for each 64
     * entries of the root. The limit is two tasks per processor, but at least 4 and at most 64. No task waits
     * for a task that has not begun, so a scheduler with one thread is enough. Once the first task has begun, a
     * cancellation no longer prevents the opening.
     *
     * <p>If the root exists but cannot be locked or synced (it is read-only, full, or owned by another user), or if
     * the contents of its journal cannot be written to the files, it is opened for reading only: every write and
     * deletion then fails with {@link NotWrittenException}. If it cannot be locked, the opening changes nothing in
     * it. If the file system never supports locks or syncs of folders, {@link Builder#acceptUnlockedRoot} and
     * {@link Builder#acceptUnsyncedFolders} still open the root for writing.
     *
     * <p>An {@link Error}, such as a class that cannot be loaded, fails the opening. It is not reported as the
     * failure of one container.
     *
     * <p>The lock is held until {@link #close}, even if the subscription was cancelled in the meantime and the
     * result was dropped.
     *
     * @return emits the access that was obtained; the containers that {@link #list} emits, each with what
     *     {@link #read} emits for it, or with its newer status from the journal; the paths of leftovers that stay,
     *     because something of another program is in them or because their removal failed; and the damage of the
     *     journal. Fails with {@link RootLockedException} if another store holds the root, in this process or in
     *     another one; with {@link InvalidRootException} if the root is not a folder and none could be created, if
     *     its lock file is not a regular file, if its journal cannot be used, if another folder has taken its path
     *     during the opening, or if the I/O scheduler rejects the work; with {@link UnreadableStatusException} if the
     *     root cannot be listed; with {@link io.containerstatus.IncompatibleDependencyException} if a library is
     *     missing or too old; or with {@link StoreClosedException} after {@code close}. After a failure, nothing is
     *     held, and the next subscription tries again
     */
    @Override
    public Mono<Opened> open() {
        RootOpening opening = new RootOpening(settings, work::assist, this::own);
        return work.run(
                opening::run,
                cause -> cause == null
                        ? new StoreClosedException()
                        : new InvalidRootException(root.toString(), "the I/O scheduler rejected the work", cause));
    }

    /**
     * Allows only one open root. Without this check, a second opening could succeed if the path leads to
     * another folder by now.
     */
    private synchronized void own(OwnedRoot owner) {
        if (owned != null) {
            throw new RootLockedException(root.toString());
        }
        owned = owner;
    }

    /**
     * Returns whether the root can be written now, as far as is known. Touches no file, and may be called on
     * any thread.
     *
     * @return read-only before {@link #open} and after {@link #close}. In between, the access that {@code open}
     *     emitted; but once a change has detected that the root or its lock file was replaced or removed,
     *     read-only, with the reason
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
     * Checks that the status is not larger than {@link Builder#maxFileSize}. Touches no file. Takes
     * nanoseconds, unless an upper bound of the size exceeds the limit: only then the status is encoded.
     *
     * @throws io.containerstatus.StatusTooLargeException if the status is larger
     */
    @Override
    public void requireStorable(String id, Status status) {
        SizeLimit.check(id, status, settings.maxFileSize());
    }

    /**
     * Stores the first status of a container. If the container has no folder, the folder and the status appear
     * together, by one rename. If the folder exists, the status is stored as by {@link #write}, and an unreadable
     * entry is kept as {@code status.corrupt-<time>}. If another program stores a status in such a folder between the
     * last check and the rename, that status is replaced, because a rename cannot detect it.
     *
     * @param id the container, see {@link ContainerIds}
     * @param status the status; its flags are not stored
     * @return completes once the status is durable. Fails with {@link io.containerstatus.AlreadyExistsException},
     *     changing nothing, if there is a readable status, or a container whose id differs only in case, whether or
     *     not the file system distinguishes the two; or fails as {@link #write} does. After an indeterminate failure
     *     of a change of this id, the creation replaces an existing status instead of failing
     */
    @Override
    public Mono<Void> create(String id, Status status) {
        Objects.requireNonNull(status, "status");
        return change(id, owner -> owner.create(id, status));
    }

    /**
     * Stores the status, whether or not there was one before.
     *
     * @param id the container, see {@link ContainerIds}
     * @param status the status; its flags are not stored
     * @return completes once the status is durable. Fails with {@link InvalidContainerIdException}. Fails with
     *     {@link io.containerstatus.StatusTooLargeException} if the document is larger than the limit, even after an
     *     indeterminate failure. Fails with {@link NotWrittenException} if the old status is certainly still stored:
     *     a step before the rename failed; the container has no folder, and another container's id differs only in
     *     case; the root is not open, is closed, can only be read, or was replaced or removed since the opening (see
     *     {@link #access}); or the I/O scheduler rejects the work. Fails with
     *     {@link io.containerstatus.IndeterminateWriteException} if it is uncertain which of the two statuses a crash
     *     would leave. From then on, until a write or deletion of the container completes, every
     *     {@code NotWrittenException} becomes this exception. If an {@code Error} breaks off the write, the write
     *     fails with one of these two, and the error is its cause
     */
    @Override
    public Mono<Void> write(String id, Status status) {
        Objects.requireNonNull(status, "status");
        return change(id, owner -> owner.write(id, status));
    }

    /**
     * Reads the status. Needs no {@link #open}, takes no lock, follows no link below the root, and changes nothing.
     * The links in the root's path are resolved once: by {@link #open}, or, if the root is not open, by the first
     * call that reads. After that, reads whatever is at the resolved path, even if the root was replaced and nothing
     * is written there any more. Does not read newer statuses in a journal, see {@link #journal}.
     *
     * @param id the container, see {@link ContainerIds}
     * @return emits the status, with its flags off. Completes empty if there is no such file or folder. Fails with
     *     {@link InvalidContainerIdException}; with {@link io.containerstatus.CorruptStatusException} or
     *     {@link io.containerstatus.UnsupportedVersionException}; with {@link UnreadableStatusException} if the
     *     status is not a regular file or is larger than the limit, if the read fails, or if the I/O scheduler
     *     rejects the work; or with {@link StoreClosedException} after {@code close}
     */
    public Mono<Status> read(String id) {
        if (!ContainerIds.isValid(id)) {
            return Mono.error(() -> new InvalidContainerIdException(id));
        }
        return work.run(() -> readNow(id), cause -> cause == null ? new StoreClosedException() : unread(cause));
    }

    /**
     * Removes the container. If its folder holds nothing but the status and other regular files of this
     * library, the folder is renamed, the rename is synced, and then the folder is removed under its new name.
     * If that removal fails, the next opening tries again.
     *
     * <p>If something else is in the folder, or if the folder cannot be renamed, the status and the former statuses
     * ({@code status.corrupt-<time>}) are removed from it. The folder itself is then removed if nothing else is in it
     * and the file system allows it. Otherwise the folder stays, and is listed as a container without a status. This
     * method can never remove a folder that is a mount point. A folder without a status and without any file of this
     * library stays unchanged.
     *
     * <p>If there is no such container, the deletion has no effect and does not fail.
     *
     * @param id the container, see {@link ContainerIds}
     * @return completes once the deletion is durable. Fails with {@link InvalidContainerIdException}; with
     *     {@link NotWrittenException} if the status is certainly still stored, though former statuses may be
     *     removed; or with {@link io.containerstatus.IndeterminateWriteException} if the status may be removed but a
     *     crash may bring it back, or if a temporary file beside it could not be removed. Another deletion makes the
     *     outcome certain
     */
    @Override
    public Mono<Void> delete(String id) {
        return change(id, owner -> owner.delete(id));
    }

    /**
     * Lists the containers: the folders under the root whose name is a valid id, whether or not they hold a
     * status. containerd creates the folder first and the status later. Needs no {@link #open}, takes no lock,
     * and changes nothing.
     *
     * <p>The whole root is listed at once, so that a slow subscriber keeps no file open. Then the ids are emitted on
     * demand, in no particular order, on the I/O scheduler or on the thread that requests them.
     *
     * @return emits each id once. Fails with {@link UnreadableStatusException} if the root cannot be read
     *     or does not exist, or if the I/O scheduler rejects the work; or with {@link StoreClosedException}
     *     after {@code close}
     */
    public Flux<String> list() {
        return work.run(this::listNow, cause -> cause == null ? new StoreClosedException() : unread(cause))
                .flatMapIterable(ids -> ids);
    }

    /**
     * Reads the journal of the root, see {@link JournaledCheckpoints}. Needs no {@link #open}, takes no lock, and
     * changes nothing. If a store appends to the journal meanwhile, the result is the journal as it was at some
     * moment during the read.
     *
     * @return emits the contents, which are empty if there is no journal. Fails with {@link InvalidRootException} if
     *     a newer release has written the journal, if a segment is missing, if segments belong to different journals,
     *     or if a complete record has no readable status; with {@link UnreadableStatusException} if the root or a
     *     segment cannot be read, or if the I/O scheduler rejects the work; or with {@link StoreClosedException}
     *     after {@code close}
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
     * Rejects further work, waits for the work in progress, gives up the lock, and lets this object's own threads
     * end. A scheduler that was set must work until then, and is not disposed of. The first subscription begins the
     * close, and later subscriptions get the same result. A cancellation does not stop the close. To open the root
     * again, create a new object.
     *
     * @return completes once the lock was given up. Signals on an I/O thread; or, if nothing was open or no thread
     *     can be started, on the thread that ended the last work or that subscribes. Fails with
     *     {@link UncheckedIOException} if the lock file could not be closed properly
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
                        id,
                        cause == null ? "root " + root + " is closed" : "the I/O scheduler rejected the work",
                        cause));
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
            return new Listing(owner != null ? owner.layout() : layout()).ids(/* prefix= */ "");
        } catch (StatusException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unread(e);
        }
    }

    /** Resolves the root once, so that a later change of a link does not lead this object to another folder. */
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

    /** Returns the scheduler that was set; null if none was. */
    @Nullable
    Scheduler givenScheduler() {
        return givenScheduler;
    }

    /** Returns the root as the storage of a journal. */
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
                throw new UncheckedIOException("the lock of root " + root + " could not be released properly", e);
            }
        });
    }

    /** Collects the settings. Each setter checks its value. A builder is not threadsafe. */
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
         * Sets the scheduler for the file work, which blocks its threads. The scheduler is never disposed of, and
         * must work until {@link FileCheckpoints#close} has completed. If it throws anything when it gets a task, the
         * task counts as rejected: even if the scheduler has queued the task, the task never runs, unless it has
         * begun already. By default, there are up to 64 daemon threads named {@code status-io-n}. They start when
         * work comes, and end after a minute without work or after the close. If 100,000 tasks wait for them, further
         * tasks are rejected.
         */
        public Builder ioScheduler(Scheduler ioScheduler) {
            this.ioScheduler = Objects.requireNonNull(ioScheduler, "ioScheduler");
            return this;
        }

        /**
         * Sets the clock for the times in the names {@code status.corrupt-<time>}. By default, the system clock
         * in UTC.
         */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets the size of the largest file that is read or written, in bytes. By default, 1 MiB.
         *
         * @throws IllegalArgumentException if {@code maxFileSize} is not in 1..2147483631
         */
        public Builder maxFileSize(long maxFileSize) {
            this.maxFileSize = StatusReader.requireMaxFileSize(maxFileSize);
            return this;
        }

        /**
         * Accepts a file system that cannot sync a folder, such as some file systems of virtual machines
         * and networks. There, the sync fails with EINVAL ("Invalid argument"), and without this setting
         * the root can only be read.
         *
         * <p>The promise is weaker there. A completed change survives a crash of the process, but a crash of the
         * system or a power cut may undo it. After that, an updated container may have an older status, a created
         * container may be missing, and a deleted container may exist again. If the file system keeps the order of a
         * file's sync and the rename after it, a reader still finds one of the written statuses, complete.
         * {@link Access#reason} reports the weaker promise. Any other failure of a sync is still an error. If folders
         * can be synced, this setting changes nothing.
         */
        public Builder acceptUnsyncedFolders() {
            this.folderSync = FolderSync.WHERE_SUPPORTED;
            return this;
        }

        /**
         * Accepts a file system that cannot lock files, such as NFS without a lock server. There, the lock
         * fails with ENOLCK ("No locks available"), and without this setting the root can only be read.
         *
         * <p>The promise is weaker there. No lock keeps out another process, or a copy of this library in
         * another class loader: the caller must make sure that there is only one writer. Two writers replace
         * each other's statuses without an error, and may make each other's writes fail. Within this class
         * loader, a second opening of the root is still rejected. The opening does not remove what interrupted
         * writes left behind; the next write or deletion of the container does. {@link Access#reason} reports
         * the weaker promise. Any other failure of the lock is still an error. If files can be locked, this
         * setting changes nothing.
         */
        public Builder acceptUnlockedRoot() {
            this.acceptsUnlocked = true;
            return this;
        }

        /**
         * Puts a journal in front of the files, so that durable updates of all containers share one sync (group
         * commit). {@link JournaledCheckpoints} describes what changes for readers of the files.
         *
         * @return a builder for the settings of the journal, which keeps the settings of this builder
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

        /** Returns the checkpoints. Touches no file. */
        public FileCheckpoints build() {
            return new FileCheckpoints(this);
        }
    }
}
