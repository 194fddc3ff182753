package io.containerstatus.reactive;

import static reactor.core.publisher.Operators.toCoreSubscriber;

import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.spi.StatusCheckpoints;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The statuses of all containers of one root: in memory for readers, on the disk for the next process, and as streams
 * for those who watch. A store is threadsafe.
 *
 * <pre>{@code
 * StatusStore.open(root)
 *         .flatMap(store -> store.create("web-1", StatusTransitions.created(Instant.now(), null)))
 *         .flatMap(web -> web.updateSync(status -> StatusTransitions.started(status, pid, Instant.now())))
 *         .subscribe();
 * }</pre>
 *
 * <p>Every Mono is cold and each subscription is one transaction. Their common rules are those of {@link
 * StatusStorage}: nothing blocks the caller's thread, an operation that began is carried to its end whoever cancels,
 * and its signals come on the subscribing thread or on the signal scheduler.
 */
public interface StatusStore {

    /**
     * Returns a Mono that opens the root with the defaults of {@link Builder}.
     *
     * @see Builder#open()
     */
    static Mono<StatusStore> open(Path root) {
        return builder(root).open();
    }

    /** Returns a builder for a store on files below this folder. */
    static Builder builder(Path root) {
        return new Builder(Objects.requireNonNull(root, "root"), null);
    }

    /**
     * Returns a builder for a store on another adapter. The store opens and closes it, so the builder makes one store: a
     * later subscription fails with {@link IllegalStateException} and touches nothing. Only after an opening that failed
     * or was cancelled may it be tried again, if the adapter allows it: a failed one leaves it alone, one that was cancelled
     * closes what it had opened.
     */
    static Builder builder(StatusCheckpoints checkpoints) {
        return new Builder(null, Objects.requireNonNull(checkpoints, "checkpoints"));
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
     * @param status its first status, as a rule {@link io.containerstatus.StatusTransitions#created}
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
     * <p>An exact match wins over longer ids. Looks at no ids but a few of those that begin so, however many there are;
     * never waits; works on a closed store too.
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
     * newest status of each container, and of one that was created and deleted meanwhile it may hear nothing; a
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
     * given up last. Idempotent; every subscriber waits for the same end. Cancelling does not stop it. What is in
     * memory only is not written. (What waits behind the deletion of its container, or behind its failed creation, is
     * accepted when its turn comes: at the very end of the store it is refused.)
     *
     * <p>A subscriber that blocks a thread of the store's own signal scheduler is waited for 5 seconds, then interrupted;
     * so do not block on this Mono in a handler of the same store, but return it, as in {@code flatMap}. What the last
     * operations came to may be signalled a moment after the close.
     *
     * @return completes when all that was done; or, when nothing more could be done, fails with what the adapter's close
     *     failed with: for files {@link java.io.UncheckedIOException} when the lock file could not be closed well
     */
    Mono<Void> close();

    /**
     * Collects what a store runs on. A setter checks its value; {@link #open()} copies them all. Not threadsafe.
     */
    final class Builder {
        private final @Nullable Path root;
        private final @Nullable StatusCheckpoints checkpoints;
        private @Nullable Scheduler ioScheduler;
        private @Nullable Scheduler signalScheduler;
        private Clock clock = Clock.systemUTC();
        private boolean acceptsUnsyncedFolders;
        private boolean acceptsUnlockedRoot;
        private int maxBatch = 1024;
        private int maxPendingUpdates = 4096;
        private StatusMetrics metrics = Settings.NO_METRICS;
        private Supplier<CommitTimer> commitTimer = CommitTimer::new;
        /** Whether the caller's adapter is being opened or was; null where each opening makes its own. */
        private final @Nullable AtomicBoolean taken;

        private Builder(@Nullable Path root, @Nullable StatusCheckpoints checkpoints) {
            this.root = root;
            this.checkpoints = checkpoints;
            this.taken = checkpoints == null ? null : new AtomicBoolean();
        }

        /**
         * Sets where files are read and written; blocking happens there. The store never disposes it, and needs it until
         * {@link StatusStore#close()} has completed: what waits on a scheduler that is disposed before is never
         * signalled. Default: an own bounded elastic scheduler of 64 daemon threads, on which 100,000 writes may wait;
         * more fail as not written. Without effect on an adapter that the caller made.
         */
        public Builder ioScheduler(Scheduler ioScheduler) {
            this.ioScheduler = Objects.requireNonNull(ioScheduler, "ioScheduler");
            return this;
        }

        /**
         * Sets where Monos that waited complete, and where changes are delivered. The store never disposes it. Default:
         * an own bounded elastic scheduler of 64 daemon threads, so that a subscriber that blocks holds up itself only.
         */
        public Builder signalScheduler(Scheduler signalScheduler) {
            this.signalScheduler = Objects.requireNonNull(signalScheduler, "signalScheduler");
            return this;
        }

        /**
         * Sets the clock for the time of the last failure in {@link StatusStore#health()}, and for the names of files that
         * are kept aside; an adapter that the caller made has a clock of its own for those. Default: the system's, in UTC.
         */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Accepts a root whose file system cannot sync a folder, with a weaker promise: see
         * {@link FileCheckpoints.Builder#acceptUnsyncedFolders()}. {@link Recovery#weakerPromise()} says so where it
         * applies.
         *
         * @throws IllegalStateException if this builder was given an adapter: set it there
         */
        public Builder acceptUnsyncedFolders() {
            requireRoot("acceptUnsyncedFolders");
            acceptsUnsyncedFolders = true;
            return this;
        }

        /**
         * Accepts a root whose file system cannot lock files, with a weaker promise: see
         * {@link FileCheckpoints.Builder#acceptUnlockedRoot()}. {@link Recovery#weakerPromise()} says so where it applies.
         *
         * @throws IllegalStateException if this builder was given an adapter: set it there
         */
        public Builder acceptUnlockedRoot() {
            requireRoot("acceptUnlockedRoot");
            acceptsUnlockedRoot = true;
            return this;
        }

        private void requireRoot(String setting) {
            if (root == null) {
                throw new IllegalStateException(setting + "() is a setting of the files, and this builder was given an"
                        + " adapter: call it on the builder of the adapter");
            }
        }

        /**
         * Sets how many operations of one container may share one write. Default: 1024.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxBatch(int maxBatch) {
            this.maxBatch = Settings.requirePositive(maxBatch, "maxBatch");
            return this;
        }

        /**
         * Sets how many operations of one container may wait for their turn. Default: 4096.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxPendingUpdates(int maxPendingUpdates) {
            this.maxPendingUpdates = Settings.requirePositive(maxPendingUpdates, "maxPendingUpdates");
            return this;
        }

        /** Sets the recorder of metrics. Default: none. */
        public Builder metrics(StatusMetrics metrics) {
            this.metrics = Objects.requireNonNull(metrics, "metrics");
            return this;
        }

        /** Sets what wakes lanes that hold a batch back; for tests, which have a time of their own. */
        Builder commitTimer(CommitTimer commitTimer) {
            this.commitTimer = () -> commitTimer;
            return this;
        }

        /**
         * Returns a Mono that takes the lock, reads the status of every container in parallel, and then emits the
         * store. It writes no status. A status that cannot be used makes its container UNKNOWN and stops no other, see
         * {@link StatusStore#recovery()}; a root that cannot be written makes a store that can only read.
         *
         * <p>Work starts at the subscription, and each one opens a store of its own; on an adapter that the caller made,
         * see {@link StatusStore#builder(StatusCheckpoints)}, only the first. Signals come on a thread of the store.
         * Cancelling before the store was emitted gives the lock up again, whenever that is; on the caller's adapter, once
         * its opening has come to its end. (An operator that is cancelled at the very moment may drop the store it got, as
         * {@code timeout} does: Reactor's hook for dropped values has it then.) Fails with {@link
         * io.containerstatus.RootLockedException}, {@link io.containerstatus.InvalidRootException} or {@link
         * io.containerstatus.UnreadableStatusException}; the lock is given up before that.
         */
        public Mono<StatusStore> open() {
            int batch = maxBatch;
            int pending = maxPendingUpdates;
            Scheduler signals = signalScheduler;
            StatusMetrics recorder = metrics;
            Clock time = clock;
            Supplier<CommitTimer> timer = commitTimer;
            Supplier<StatusCheckpoints> port = port();
            return Mono.defer(() -> {
                StatusCheckpoints place = port.get();
                Settings settings = new Settings(
                        batch, pending, new Signals(signals), timer.get(), new GuardedMetrics(recorder), time);
                return Mono.fromDirect(
                        subscriber -> new Opening(toCoreSubscriber(subscriber), place, settings, taken).start());
            });
        }

        private Supplier<StatusCheckpoints> port() {
            if (root == null) {
                StatusCheckpoints given = Objects.requireNonNull(checkpoints);
                return () -> given;
            }
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
            return files::build;
        }
    }
}
