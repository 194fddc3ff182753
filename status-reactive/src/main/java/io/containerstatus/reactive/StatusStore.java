package io.containerstatus.reactive;

import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.fs.JournaledCheckpoints;
import io.containerstatus.spi.StatusCheckpoints;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
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
 * The statuses of all containers of one root: in memory for readers, on the disk for the next process, and as streams
 * for those who watch. A store is threadsafe.
 *
 * <pre>{@code
 * StatusStore.using(root, store -> store.create("web-1", StatusTransitions.created(Instant.now()))
 *                 .flatMap(web -> web.apply(StatusTransitions.started(pid, Instant.now()))))
 *         .subscribe();
 * }</pre>
 *
 * <p>Every Mono is cold and each subscription is one transaction. Their common rules are those of {@link
 * StatusStorage}: nothing blocks the caller's thread, an operation that began is carried to its end whoever cancels,
 * and its signals come on the subscribing thread or on the signal scheduler.
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
     * Opens the root with the defaults of {@link #builder(Path)}, uses the store, and always closes it: when the publisher
     * has ended, was cancelled, or could not be made.
     *
     * <pre>{@code
     * StatusStore.using(root, store -> store.create("web-1", StatusTransitions.created(Instant.now()))
     *         .flatMap(web -> web.apply(StatusTransitions.started(pid, Instant.now()))));
     * }</pre>
     *
     * @param use makes what is to be subscribed to with the store; called once a subscription, on an I/O thread of the
     *     store
     * @return emits what that publisher emits; when that publisher ends, closes the store and then ends in the same
     *     way. Each subscription opens a store of its own; if that fails, fails as {@link Builder#open()} does. If the
     *     publisher fails and the close does, too, fails with the publisher's failure, to which that of the close is added.
     *     If only the close fails, fails with a {@link RuntimeException} whose cause is the failure of the close.
     *     Cancelling cancels the publisher and starts the close, without waiting for its end; what that fails with goes to
     *     Reactor's {@code onErrorDropped} hook
     */
    static <T> Flux<T> using(Path root, Function<? super StatusStore, ? extends Publisher<? extends T>> use) {
        return Using.of(open(root), Objects.requireNonNull(use, "use"));
    }

    /** Returns a builder for a store on files below this folder. */
    static FileBuilder builder(Path root) {
        return new FileBuilder(root);
    }

    /**
     * Returns a builder for a store on another adapter. The store opens and closes it, so the builder makes one store: a
     * later subscription fails with {@link IllegalStateException} and touches nothing. After an opening that failed,
     * the adapter is as before; after a cancelled one it is closed. In both cases it may be opened again if it allows
     * that. The settings of files are those of the adapter, and not on this builder.
     */
    static Builder builder(StatusCheckpoints checkpoints) {
        return new Builder(Objects.requireNonNull(checkpoints, "checkpoints"));
    }

    /** Returns what was found when this store was opened. */
    Recovery recovery();

    /**
     * Returns the state of the store now: whether it can write, what failed last, what is uncertain, and how much is under
     * way. Never waits, and writes nothing. Looks at every container once, so ask a few times a minute rather than a few
     * thousand times a second. The parts are read one after the other, while the store goes on. Works on a closed store
     * too.
     */
    StoreHealth health();

    /**
     * Creates a container.
     *
     * @param id the new container's id, see {@link io.containerstatus.ContainerIds}
     * @param status its first status, as a rule {@link io.containerstatus.StatusTransitions#created(java.time.Instant)}
     * @return emits the container's storage, at revision 1, once the status is durable; or fails with {@link
     *     io.containerstatus.InvalidContainerIdException} or {@link io.containerstatus.AlreadyExistsException}, having
     *     changed nothing; or with {@link io.containerstatus.NotWrittenException} or {@link
     *     io.containerstatus.IndeterminateWriteException}: there is no such container, and a second attempt, or {@link
     *     #delete}, settles what the disk holds
     */
    Mono<StatusStorage> create(String id, Status status);

    /**
     * Returns the container of exactly this id, or null if there is none now, as when the text can be no id. Never
     * waits; works on a closed store too.
     */
    @Nullable
    StatusStorage get(String id);

    /**
     * Finds a container by its id or by the beginning of it. For what a person typed. A program that has the id uses
     * {@link #get}: here {@code web-1} finds {@code web-10} where there is no {@code web-1}.
     *
     * <p>An exact match wins over longer ids. Stops after a few matches, however many there are; never waits; works on
     * a closed store too.
     *
     * @param idOrPrefix any text; the empty one is the beginning of every id
     * @throws io.containerstatus.ContainerNotFoundException if no id begins with it, as when it can be no id at all
     * @throws io.containerstatus.AmbiguousIdException if more than one does; it names a few
     */
    StatusStorage find(String idOrPrefix);

    /**
     * Returns the containers that exist now, ordered by id; a copy, which later changes leave alone. Works on a closed
     * store too.
     */
    List<StatusStorage> list();

    /**
     * Returns the containers that are in this state now, ordered by id; a copy, as {@link #list()}. Looks at every
     * container once, one after the other, and never waits; to follow a state, watch {@link #changes(Delivery)} with
     * {@link Delivery#stateChangesOnly()}.
     */
    List<StatusStorage> list(ContainerState state);

    /**
     * Deletes a container, whether it is known or not: what a failed creation left on the disk goes too. Idempotent.
     *
     * @return as {@link StatusStorage#delete()}; or fails with {@link io.containerstatus.InvalidContainerIdException}
     */
    Mono<Void> delete(String id);

    /** Returns {@link #changes(Delivery)} with {@link Delivery#latest()}. */
    Flux<StatusChange> changes();

    /**
     * Returns a snapshot of every container, then every creation, update and deletion: in commit order for each
     * container, in no particular order among containers. With {@link Delivery#latest()} a slow subscriber gets the
     * newest status of each container; it may not hear of a container that was created and deleted meanwhile; a
     * deletion of one that it was told of is always reported. Ends when the store is closed.
     *
     * <p>Signals come on the delivery's scheduler. Cancelling ends the subscription and has no other effect. Fails with
     * {@link io.containerstatus.SubscriberLaggedException} as the delivery says, and with {@link
     * io.containerstatus.StoreClosedException} when subscribed to after the store was closed. A subscription holds
     * a little memory for each container that it is about.
     */
    Flux<StatusChange> changes(Delivery delivery);

    /**
     * Closes the store: what was accepted finishes, later operations fail with {@link
     * io.containerstatus.StoreClosedException}, every stream completes, the store's own schedulers end, and the lock is
     * given up last, on threads of the store. Idempotent; every subscriber waits for the same end. Cancelling does not
     * stop it. What is in memory only is not written. An operation that waits behind a deletion or a failed creation
     * may still be refused with {@link io.containerstatus.StoreClosedException}.
     *
     * <p>A subscriber that blocks a thread of the store's own signal scheduler is waited for 5 seconds, then interrupted;
     * so do not block on this Mono in a handler of the same store, but return it, as in {@code flatMap}. What the last
     * operations came to may be signalled a moment after the close.
     *
     * @return completes when all that was done; or, after everything else was done, fails with what the adapter's close
     *     failed with: for files {@link java.io.UncheckedIOException} when the lock file could not be closed well
     */
    Mono<Void> close();

    /**
     * Returns whether {@link #close()} was subscribed to, or {@link #dispose()} called: later operations fail with {@link
     * io.containerstatus.StoreClosedException}. What was accepted before may still be under way. Never waits.
     */
    boolean isClosed();

    /**
     * Starts the {@link #close()} and does not wait for its end. For code that has no reactive shutdown; whoever opens the
     * root again subscribes to {@link #close()} and waits for that instead. Idempotent. What the close fails with goes to
     * Reactor's {@code onErrorDropped} hook.
     */
    @Override
    void dispose();

    /** Returns {@link #isClosed()}. */
    @Override
    default boolean isDisposed() {
        return isClosed();
    }

    /**
     * Collects what a store on any checkpoints runs on. A setter checks its value; {@link #open()} copies them all. Not
     * threadsafe.
     */
    sealed class Builder {
        /** The caller's adapter; null where each opening makes its own. */
        private final @Nullable StatusCheckpoints checkpoints;
        /** Whether the caller's adapter is being opened or was; null where each opening makes its own. */
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
         * Sets where the results of operations that waited are signalled, and where changes are. The store never
         * disposes it. Default: up to 64 daemon threads of the store's own, so that a subscriber that blocks holds up
         * itself only.
         */
        public Builder signalScheduler(Scheduler signalScheduler) {
            this.signalScheduler = Objects.requireNonNull(signalScheduler, "signalScheduler");
            return this;
        }

        /**
         * Sets the clock for the time of the last failure in {@link StatusStore#health()}. Default: the system's, in UTC.
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
         * Sets how many operations of one container may wait for their turn. Default: 4096.
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

        /** Sets how many threads go on with lanes; with 0, the calling threads do, so that a test sees all in one order. */
        Builder laneThreads(int laneThreads) {
            this.laneThreads = laneThreads;
            return this;
        }

        /** Sets what wakes lanes that hold a batch back; for tests, which have a time of their own. */
        Builder commitTimer(CommitTimer commitTimer) {
            this.commitTimer = () -> commitTimer;
            return this;
        }

        /**
         * Returns a Mono that opens the place, and then emits the store. For files: it creates the root where it is
         * missing, takes the lock, reads the status of every container in parallel, syncs the root, and removes what
         * interrupted writes, creations and deletions have left. It writes no status. A status that cannot be used
         * makes its container UNKNOWN and stops no other, see {@link StatusStore#recovery()}; a root that cannot be
         * written makes a store that can only read.
         *
         * <p>Work starts at the subscription, and each one opens a store of its own; on an adapter that the caller made,
         * see {@link StatusStore#builder(StatusCheckpoints)}, only the first. Signals come on the I/O scheduler; of
         * another adapter, on the thread on which its opening ends. Cancelling before the store was emitted gives the
         * lock up again; on the caller's adapter, once its opening has come to its end. (An operator that is cancelled
         * at the very moment may drop the store it got, as {@code timeout} does: Reactor's hook for dropped values has
         * it then.) Fails with {@link io.containerstatus.RootLockedException}, {@link
         * io.containerstatus.InvalidRootException} or {@link io.containerstatus.UnreadableStatusException}; the lock is
         * given up before that.
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
                StatusCheckpoints place = port.get();
                StoreContext context = new StoreContext(
                        batch,
                        pending,
                        new SignalScheduler(signals),
                        new OwnThreads("status-lane", threads),
                        timer.get(),
                        new GuardedMetrics(recorder),
                        time);
                return StoreOpening.of(
                        place, taken, opened -> new CheckpointStore(place, context, new StatusRecovery(opened)));
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
     * Collects what a store on files runs on: what every store has, and what concerns the files. Not threadsafe.
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
         * Sets where files are read and written; blocking happens there. The store never disposes it, and needs it until
         * {@link StatusStore#close()} has completed: what waits on a scheduler that is disposed before is never
         * signalled. Default: up to 64 daemon threads of the store's own, for which 100,000 writes may wait; more fail
         * as not written.
         */
        public FileBuilder ioScheduler(Scheduler ioScheduler) {
            this.ioScheduler = Objects.requireNonNull(ioScheduler, "ioScheduler");
            return this;
        }

        /**
         * Accepts a root whose file system cannot sync a folder, with a weaker promise: see
         * {@link FileCheckpoints.Builder#acceptUnsyncedFolders()}. {@link Recovery#weakerPromise()} says so where it
         * applies.
         */
        public FileBuilder acceptUnsyncedFolders() {
            acceptsUnsyncedFolders = true;
            return this;
        }

        /**
         * Accepts a root whose file system cannot lock files, with a weaker promise: see
         * {@link FileCheckpoints.Builder#acceptUnlockedRoot()}. {@link Recovery#weakerPromise()} says so where it applies.
         */
        public FileBuilder acceptUnlockedRoot() {
            acceptsUnlockedRoot = true;
            return this;
        }

        /**
         * Puts a journal in front of the files: durable updates of all containers then share one flush of the disk, and the
         * files follow, up to a second behind. For a root that no other program reads. See {@link
         * io.containerstatus.fs.JournaledCheckpoints}.
         */
        public FileBuilder journaled() {
            journal = journaled -> {};
            return this;
        }

        /**
         * As {@link #journaled()}, with settings.
         *
         * @param filesWithin how far a file may be behind its record, as long as the disk can keep up; in 1 ms..1 h, one
         *     second by default
         * @param segmentSize the length of one segment of the journal, in bytes: a multiple of 4096 in 16384..1073741824,
         *     by default 8 MiB
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
         * Sets the clock for the time of the last failure in {@link StatusStore#health()}, and for the names of files that
         * are kept aside. Default: the system's, in UTC.
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
