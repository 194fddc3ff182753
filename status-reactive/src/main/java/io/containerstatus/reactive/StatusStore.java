package io.containerstatus.reactive;

import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.fs.JournaledCheckpoints;
import io.containerstatus.spi.StatusCheckpoints;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The statuses of all containers of one root: in memory for readers, on the disk for the next process, and as
 * streams of changes for subscribers. A store is threadsafe.
 *
 * <pre>{@code
 * StatusStore.using(root, store -> store.create("web-1", StatusTransitions.created(Instant.now()))
 *                 .flatMap(web -> web.apply(StatusTransitions.started(pid, Instant.now()))))
 *         .subscribe();
 * }</pre>
 *
 * <p>Every Mono is cold. Each subscription to {@link #create}, to {@link #delete} or to an operation of a
 * {@link StatusStorage} is one transaction. The rules of {@link StatusStorage} hold for it: it does not block
 * the caller's thread; once it has begun, it runs to its end, even if it is cancelled; and its signals come
 * on the subscribing thread or on the signal scheduler. {@link Builder#open()} and {@link #close()} have
 * rules of their own.
 */
public interface StatusStore extends Disposable {

    /**
     * Returns a Mono that opens the root with the defaults of {@link Builder}.
     *
     * @see Builder#open()
     */
    static Mono<StatusStore> open(Path root) {
        return builder(root).open();
    }

    /**
     * Opens the root with the defaults of {@link #builder(Path)}, uses the store, and always closes it: when
     * the publisher has ended, when it is cancelled, or when it could not be created.
     *
     * <pre>{@code
     * StatusStore.using(root, store -> store.create("web-1", StatusTransitions.created(Instant.now()))
     *         .flatMap(web -> web.apply(StatusTransitions.started(pid, Instant.now()))));
     * }</pre>
     *
     * @param use returns the publisher to subscribe to; called once for each subscription, with the store, on
     *     an I/O thread of the store
     * @return emits the elements of that publisher. When the publisher ends, closes the store and then ends
     *     in the same way. Each subscription opens a store of its own. If the opening fails, fails as
     *     {@link Builder#open()} does. If the publisher and the close both fail, fails with the publisher's
     *     failure, to which the failure of the close is added as suppressed. If only the close fails, fails
     *     with a {@link RuntimeException} whose cause is that failure. Cancelling cancels the publisher and
     *     starts the close without waiting for its end. A failure of that close goes to Reactor's
     *     {@code onErrorDropped} hook
     */
    static <T> Flux<T> using(Path root, Function<? super StatusStore, ? extends Publisher<? extends T>> use) {
        return Using.of(open(root), Objects.requireNonNull(use, "use"));
    }

    /** Returns a builder for a store on the files below this folder. */
    static FileBuilder builder(Path root) {
        return new FileBuilder(root);
    }

    /**
     * Returns a builder for a store on another adapter. The store opens and closes the adapter, so the
     * builder makes only one store: a later subscription to the opening fails with
     * {@link IllegalStateException} and has no effect. A failed opening leaves the adapter unchanged. If the
     * opening is cancelled, the store closes the adapter. In both cases, the adapter can be opened again if
     * it supports that. This builder has no settings for files, because the adapter has them.
     */
    static Builder builder(StatusCheckpoints checkpoints) {
        return new Builder(Objects.requireNonNull(checkpoints, "checkpoints"));
    }

    /** Returns the result of the opening of this store: the containers that were found, and the problems. */
    Recovery recovery();

    /**
     * Returns the state of the store now: whether it can write, the last failure, the containers whose stored
     * status is uncertain, and the number of waiting operations. Never waits, and writes nothing. Reads every
     * container once, so call this a few times a minute rather than a few thousand times a second. The parts
     * are read one after the other while the store works, so they may describe different moments. Also works
     * on a closed store.
     */
    StoreHealth health();

    /**
     * Creates a container.
     *
     * @param id the new container's id, see {@link io.containerstatus.ContainerIds}
     * @param status its first status, usually {@link
     *     io.containerstatus.StatusTransitions#created(java.time.Instant)}
     * @return emits the container's storage, at revision 1, once the status is durable. Fails with
     *     {@link io.containerstatus.InvalidContainerIdException},
     *     {@link io.containerstatus.AlreadyExistsException} or
     *     {@link io.containerstatus.StatusTooLargeException}, having changed nothing. If it fails with
     *     {@link io.containerstatus.NotWrittenException} or
     *     {@link io.containerstatus.IndeterminateWriteException}, the store does not have the container.
     *     After an indeterminate failure, the disk may hold its status; a second attempt, or {@link #delete},
     *     makes that certain
     */
    Mono<StatusStorage> create(String id, Status status);

    /**
     * Returns the container of exactly this id, or null if it does not exist now. Also returns null for a
     * text that cannot be an id. Never waits, and also works on a closed store.
     */
    @Nullable
    StatusStorage get(String id);

    /**
     * Finds a container by its id, or by the beginning of its id. This is for text that a person typed. A
     * program that has the id uses {@link #get}, because here {@code web-1} finds {@code web-10} if there is
     * no {@code web-1}.
     *
     * <p>An exact match has precedence over longer ids. The search stops after a few matches, never waits,
     * and also works on a closed store.
     *
     * @param idOrPrefix any text; the empty text is the beginning of every id
     * @throws io.containerstatus.ContainerNotFoundException if no id begins with the text, for example
     *     because the text cannot be part of an id
     * @throws io.containerstatus.AmbiguousIdException if several ids begin with the text; the exception names
     *     at most five of them
     */
    StatusStorage find(String idOrPrefix);

    /**
     * Returns the containers that exist now, ordered by id. The list is a copy, which later changes do not
     * affect. Also works on a closed store.
     */
    List<StatusStorage> list();

    /**
     * Returns the containers that are in this state now, ordered by id. The list is a copy, as for
     * {@link #list()}. Reads every container once, one after the other, and never waits. To follow the
     * containers in a state, use {@link #changes(Delivery)} with {@link Delivery#states}.
     */
    List<StatusStorage> list(ContainerState state);

    /**
     * Returns the containers that exist now and whose id begins with the prefix, ordered by id. The list is a
     * copy, as for {@link #list()}. Reads no other containers.
     *
     * @param prefix the beginning of the ids; empty for all. For a prefix that no valid id can have, the list
     *     is empty
     */
    List<StatusStorage> list(String prefix);

    /**
     * Returns how many containers are in each state now. The map contains all states, including those with 0
     * containers. It is a copy. Reads every container once, one after the other, never waits, and also works
     * on a closed store.
     */
    Map<ContainerState, Integer> countByState();

    /**
     * Deletes a container. If the store does not have it, removes what a failed creation may have left on the
     * disk. Idempotent.
     *
     * @return completes or fails as {@link StatusStorage#delete()} does; or fails with
     *     {@link io.containerstatus.InvalidContainerIdException}
     */
    Mono<Void> delete(String id);

    /** Returns {@link #changes(Delivery)} with {@link Delivery#latest()}. */
    Flux<StatusChange> changes();

    /**
     * Returns a snapshot of every container, and then every creation, update and deletion: for each container
     * in commit order, and among containers in no particular order. With {@link Delivery#latest()}, a slow
     * subscriber receives the newest status of each container. If a container is created and deleted
     * meanwhile, the subscriber may receive neither change. If the subscriber has received a change of a
     * container, it also receives the deletion. Completes when the store is closed.
     *
     * <p>Signals come on the delivery's scheduler. Cancelling ends the subscription and has no other effect.
     * The stream fails with {@link io.containerstatus.SubscriberLaggedException} as the delivery describes. A
     * subscription after the close of the store fails with {@link io.containerstatus.StoreClosedException}. A
     * subscription needs a little memory for each container that it selects.
     */
    Flux<StatusChange> changes(Delivery delivery);

    /**
     * Returns the changes of {@link #changes(Delivery)}, as {@link StatusChange}, and one
     * {@link io.containerstatus.CaughtUp} at the end of the snapshot. The {@code CaughtUp} comes after every
     * container that existed at the subscription was emitted or deleted. It also comes if no container
     * existed. With {@link Delivery#changesOnly()}, it comes at the beginning: only changes that are
     * committed while the subscription begins can precede it. Like a change, it is emitted only on demand. It
     * does not count as lag, and a slow subscriber does not lose it.
     */
    Flux<StatusEvent> events(Delivery delivery);

    /**
     * Closes the store. Accepted operations finish, and later ones fail with
     * {@link io.containerstatus.StoreClosedException}. Then every stream completes, the store's own threads
     * end, and finally the lock is given up. All of this happens on threads of the store and of its adapter.
     * Idempotent; every subscriber waits for the same end. Cancelling does not stop the close. Statuses that
     * are in memory only are not written. An operation that waits behind a deletion or a failed creation may
     * still be rejected with {@link io.containerstatus.StoreClosedException}.
     *
     * <p>If a subscriber blocks a thread of the store's own signal scheduler, the close waits 5 seconds for
     * it and then interrupts it. So a handler of the same store must not block on this Mono. It can return
     * this Mono, for example in {@code flatMap}. The results of the last operations may be signalled a moment
     * after the close.
     *
     * @return completes when all of this is done, on the thread on which the close of the adapter ends; if
     *     the store is closed already, on the subscribing thread. If the close of the adapter fails,
     *     everything else is done first, and then this Mono fails with that failure: for files
     *     {@link java.io.UncheckedIOException} if the lock file could not be closed properly
     */
    Mono<Void> close();

    /**
     * Returns whether {@link #close()} was subscribed to, or {@link #dispose()} called. Later operations fail
     * with {@link io.containerstatus.StoreClosedException}. Operations that were accepted before may still be
     * in progress. Never waits.
     */
    boolean isClosed();

    /**
     * Starts the {@link #close()} and does not wait for its end. This is for code without a reactive
     * shutdown. Code that opens the root again subscribes to {@link #close()} instead, and waits for its end.
     * Idempotent. A failure of the close goes to Reactor's {@code onErrorDropped} hook.
     */
    @Override
    void dispose();

    /** Returns {@link #isClosed()}. */
    @Override
    default boolean isDisposed() {
        return isClosed();
    }

    /**
     * Collects the settings of a store on any adapter. Each setter checks its value, and {@link #open()}
     * copies all values. Not threadsafe.
     */
    sealed class Builder {
        /** The caller's adapter; null if each opening makes its own. */
        private final @Nullable StatusCheckpoints checkpoints;
        /** Whether the caller's adapter is being opened or was opened; null if each opening makes its own. */
        private final @Nullable AtomicBoolean taken;

        private @Nullable Scheduler signalScheduler;
        private Clock clock = Clock.systemUTC();
        private int maxBatch = 1024;
        private int maxPendingUpdates = 4096;
        private StatusMetrics metrics = StoreContext.NO_METRICS;
        private int laneThreads = StoreContext.LANE_THREADS;
        private Supplier<CommitTimer> commitTimer = CommitTimer::new;

        private Builder(@Nullable StatusCheckpoints checkpoints) {
            this.checkpoints = checkpoints;
            this.taken = checkpoints == null ? null : new AtomicBoolean();
        }

        /**
         * Sets the scheduler on which changes are signalled, and the results of operations that needed the
         * disk or had to wait. The store never disposes it. Default: up to 64 daemon threads of the store's
         * own, so that a subscriber that blocks delays only itself.
         */
        public Builder signalScheduler(Scheduler signalScheduler) {
            this.signalScheduler = Objects.requireNonNull(signalScheduler, "signalScheduler");
            return this;
        }

        /**
         * Sets the clock for the time of the last failure in {@link StatusStore#health()}. Default: the
         * system clock, in UTC.
         */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets how many operations of one container may share one write. Default: 1024.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxBatch(int maxBatch) {
            this.maxBatch = StoreContext.requirePositive(maxBatch, "maxBatch");
            return this;
        }

        /**
         * Sets how many operations of one container may wait for their turn. Further operations fail with
         * {@link io.containerstatus.PendingUpdatesExceededException}. Default: 4096.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxPendingUpdates(int maxPendingUpdates) {
            this.maxPendingUpdates = StoreContext.requirePositive(maxPendingUpdates, "maxPendingUpdates");
            return this;
        }

        /** Sets the recorder of metrics. Default: none. */
        public Builder metrics(StatusMetrics metrics) {
            this.metrics = Objects.requireNonNull(metrics, "metrics");
            return this;
        }

        /**
         * Sets how many lane threads there are at most. With 0, the calling threads do the work of lane
         * threads, so that a test sees one fixed order.
         */
        Builder laneThreads(int laneThreads) {
            this.laneThreads = laneThreads;
            return this;
        }

        /** Sets the timer that wakes the lanes with a delayed batch, for tests with a time of their own. */
        Builder commitTimer(CommitTimer commitTimer) {
            this.commitTimer = () -> commitTimer;
            return this;
        }

        /**
         * Returns a Mono that opens the storage and then emits the store. For files, the opening creates the
         * root if it is missing, takes the lock, reads the status of every container in parallel, syncs the
         * root, and removes the remains of interrupted writes, creations and deletions. It writes no status.
         * If a status cannot be used, its container becomes UNKNOWN, and the others are not affected, see
         * {@link StatusStore#recovery()}. If the root cannot be written, the store can only read.
         *
         * <p>Work starts at the subscription. Each subscription opens a store of its own; on an adapter of
         * the caller, see {@link StatusStore#builder(StatusCheckpoints)}, only the first subscription does.
         * For files, signals come on the I/O scheduler; for another adapter, on the thread on which its
         * opening ends.
         *
         * <p>If the subscription is cancelled before the store is emitted, the lock is released again. On an
         * adapter of the caller, this happens after its opening has ended. If an operator such as
         * {@code timeout} is cancelled at the moment when it receives the store, it may drop the store, which
         * then goes to Reactor's hook for dropped values.
         *
         * <p>The Mono fails with {@link io.containerstatus.RootLockedException},
         * {@link io.containerstatus.InvalidRootException} or {@link io.containerstatus.UnreadableStatusException}.
         * The lock is released before the failure is signalled.
         */
        public Mono<StatusStore> open() {
            int batch = maxBatch;
            int pending = maxPendingUpdates;
            Scheduler signals = signalScheduler;
            StatusMetrics recorder = metrics;
            Clock time = clock;
            int threads = laneThreads;
            Supplier<CommitTimer> timer = commitTimer;
            Supplier<? extends StatusCheckpoints> port = port(time);
            Mono<StatusStore> opening = Mono.defer(() -> {
                StatusCheckpoints adapter = port.get();
                StoreContext context = new StoreContext(
                        batch,
                        pending,
                        new SignalScheduler(signals),
                        new OwnThreads("status-lane", threads),
                        timer.get(),
                        new GuardedMetrics(recorder),
                        time);
                return StoreOpening.of(
                        adapter, taken, opened -> new CheckpointStore(adapter, context, new StatusRecovery(opened)));
            });
            Sources.Open source = opening::subscribe;
            return Mono.fromDirect(source);
        }

        Supplier<? extends StatusCheckpoints> port(Clock clock) {
            StatusCheckpoints given = Objects.requireNonNull(checkpoints);
            return () -> given;
        }
    }

    /**
     * Collects the settings of a store on files: the settings of every store, and the settings of the files.
     * Not threadsafe.
     */
    final class FileBuilder extends Builder {
        private final Path root;
        private @Nullable Scheduler ioScheduler;
        private boolean acceptsUnsyncedFolders;
        private boolean acceptsUnlockedRoot;
        private @Nullable Consumer<JournaledCheckpoints.Builder> journal;

        private FileBuilder(Path root) {
            super(null);
            this.root = Objects.requireNonNull(root, "root");
        }

        /**
         * Sets the scheduler on which files are read and written, which blocks its threads. The store never
         * disposes it, and needs it until {@link StatusStore#close()} has completed. If the scheduler is
         * disposed earlier, the operations that wait on it are never signalled. Default: up to 64 daemon
         * threads of the store's own, for which up to 100,000 writes may wait; further writes fail with
         * {@link io.containerstatus.NotWrittenException}.
         */
        public FileBuilder ioScheduler(Scheduler ioScheduler) {
            this.ioScheduler = Objects.requireNonNull(ioScheduler, "ioScheduler");
            return this;
        }

        /**
         * Accepts a root whose file system cannot sync a folder, with a weaker promise, see
         * {@link FileCheckpoints.Builder#acceptUnsyncedFolders()}. If the promise is weaker,
         * {@link Recovery#weakerPromise()} says so.
         */
        public FileBuilder acceptUnsyncedFolders() {
            acceptsUnsyncedFolders = true;
            return this;
        }

        /**
         * Accepts a root whose file system cannot lock files, with a weaker promise, see
         * {@link FileCheckpoints.Builder#acceptUnlockedRoot()}. If the promise is weaker,
         * {@link Recovery#weakerPromise()} says so.
         */
        public FileBuilder acceptUnlockedRoot() {
            acceptsUnlockedRoot = true;
            return this;
        }

        /**
         * Puts a journal in front of the files. Durable updates of all containers then share one flush of the
         * disk, and the files follow up to a second later. Use this for a root that no other program reads.
         * See {@link io.containerstatus.fs.JournaledCheckpoints}.
         */
        public FileBuilder journaled() {
            journal = journaled -> {};
            return this;
        }

        /**
         * Puts a journal in front of the files, as {@link #journaled()} does, with these settings.
         *
         * @param filesWithin how far a file may be behind its record, as long as the disk can keep up: 1 ms
         *     to 1 h; one second by default
         * @param segmentSize the length of one segment of the journal, in bytes: a multiple of 4096 from
         *     16384 to 1073741824; 8 MiB by default
         * @throws IllegalArgumentException if one of them is out of its range
         */
        public FileBuilder journaled(Duration filesWithin, long segmentSize) {
            Consumer<JournaledCheckpoints.Builder> settings =
                    journaled -> journaled.filesWithin(filesWithin).segmentSize(segmentSize);
            settings.accept(FileCheckpoints.builder(root).journaled());
            journal = settings;
            return this;
        }

        @Override
        public FileBuilder signalScheduler(Scheduler signalScheduler) {
            super.signalScheduler(signalScheduler);
            return this;
        }

        /**
         * Sets the clock for the time of the last failure in {@link StatusStore#health()}, and for the names
         * under which unusable files are preserved, {@code status.corrupt-<time>}. Default: the system clock,
         * in UTC.
         */
        @Override
        public FileBuilder clock(Clock clock) {
            super.clock(clock);
            return this;
        }

        @Override
        public FileBuilder maxBatch(int maxBatch) {
            super.maxBatch(maxBatch);
            return this;
        }

        @Override
        public FileBuilder maxPendingUpdates(int maxPendingUpdates) {
            super.maxPendingUpdates(maxPendingUpdates);
            return this;
        }

        @Override
        public FileBuilder metrics(StatusMetrics metrics) {
            super.metrics(metrics);
            return this;
        }

        @Override
        FileBuilder commitTimer(CommitTimer commitTimer) {
            super.commitTimer(commitTimer);
            return this;
        }

        @Override
        Supplier<? extends StatusCheckpoints> port(Clock clock) {
            FileCheckpoints.Builder files = FileCheckpoints.builder(root).clock(clock);
            if (ioScheduler != null) {
                files.ioScheduler(ioScheduler);
            }
            if (acceptsUnsyncedFolders) {
                files.acceptUnsyncedFolders();
            }
            if (acceptsUnlockedRoot) {
                files.acceptUnlockedRoot();
            }
            Consumer<JournaledCheckpoints.Builder> settings = journal;
            if (settings == null) {
                return files::build;
            }
            return () -> {
                JournaledCheckpoints.Builder journaled = files.journaled();
                settings.accept(journaled);
                return journaled.build();
            };
        }
    }
}
