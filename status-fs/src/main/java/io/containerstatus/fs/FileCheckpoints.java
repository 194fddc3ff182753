package io.containerstatus.fs;

import io.containerstatus.ContainerIds;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.InvalidRootException;
import io.containerstatus.NotWrittenException;
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
    private final int maxFileSize;
    private final Clock clock;
    private final FileWork work;
    private final Mono<Void> closing;
    private volatile @Nullable OwnedRoot owned;
    private volatile @Nullable Layout resolved;

    private FileCheckpoints(Builder builder) {
        root = builder.root;
        maxFileSize = builder.maxFileSize;
        clock = builder.clock;
        work = new FileWork(builder.ioScheduler);
        closing = work.drain()
                .then(Mono.defer(this::giveUpLock))
                .doOnTerminate(work::endThreads)
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
     * Takes the root: creates it where it is missing, locks it, reads every status, removes what interrupted writes of
     * this library left behind, and syncs it. Changes no status.
     *
     * <p>The folders are looked into by several tasks of the I/O scheduler side by side: one a processor, and up to 64
     * when the disk is slow. None waits for another one, so a scheduler of one thread will do. A cancellation is too late
     * once the first task has begun.
     *
     * <p>A root that exists but cannot be locked or synced (read-only, full, someone else's) is opened to be read: then
     * every write and deletion fails with {@link NotWrittenException}. One that cannot be locked is not changed at all.
     * The lock is held until {@link #close}, also when the result was dropped because the subscription was cancelled
     * meanwhile.
     *
     * @return emits what was obtained, and the containers as {@link #list} tells them, each with what {@link #read} tells
     *     of it; or fails with {@link io.containerstatus.RootLockedException} when another store holds the root, in this
     *     process or another one; with {@link InvalidRootException} when it is no folder and none could be created, or
     *     the I/O scheduler refuses the work; with {@link UnreadableStatusException} when it cannot be listed; with
     *     {@link StoreClosedException} after {@code close}. After a failure nothing is held, and the next subscription
     *     tries again
     */
    @Override
    public Mono<Opened> open() {
        RootOpening opening = new RootOpening(root, maxFileSize, clock, work::assist, owner -> owned = owner);
        return work.start(
                opening::run,
                cause -> cause == null
                        ? new StoreClosedException()
                        : new InvalidRootException(root.toString(), "the I/O scheduler takes no work", cause));
    }

    /**
     * Stores the status, whether there was one or not.
     *
     * @param id the container, see {@link ContainerIds}
     * @param status the status; its flags are not stored
     * @return completes when the status is durable; or fails with {@link InvalidContainerIdException}; with {@link
     *     NotWrittenException} when the old status stands: a step before the rename failed, the document is larger than
     *     the limit, the root is not open, can only be read, or is closed, or the I/O scheduler refuses the work; with
     *     {@link io.containerstatus.IndeterminateWriteException} when it is uncertain which of the two a crash would
     *     leave, and from then on in place of the former, until a write or deletion completes
     */
    @Override
    public Mono<Void> write(String id, Status status) {
        Objects.requireNonNull(status, "status");
        return change(id, owner -> owner.write(id, status));
    }

    /**
     * Reads the status. Needs no {@link #open}, takes no lock, follows no link below the root, and changes nothing.
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
     * Removes what was kept aside of the status, the status, and the folder. A folder with other files in it stays,
     * without a status, and is listed as a container that has none. Without effect, and no error, when there is no such
     * container.
     *
     * @param id the container, see {@link ContainerIds}
     * @return completes when the deletion is durable; or fails with {@link InvalidContainerIdException}; with {@link
     *     NotWrittenException} when the status stands, though what was kept aside may be gone; with {@link
     *     io.containerstatus.IndeterminateWriteException} when it may be removed and a crash may bring it back, or
     *     something beside it could not be removed: deleting again settles it
     */
    @Override
    public Mono<Void> delete(String id) {
        return change(id, owner -> owner.delete(id));
    }

    /**
     * Lists the containers: the folders under the root whose name is an id and that hold a {@code status}, of whatever
     * kind, or anything else that this library did not leave there. Needs no {@link #open}, takes no lock, and changes
     * nothing.
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
            return new StatusReader(layout(), maxFileSize).read(id);
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

        /** Returns the checkpoints; touches no file. */
        public FileCheckpoints build() {
            return new FileCheckpoints(this);
        }
    }
}
