package io.containerstatus.fs;

import io.containerstatus.ContainerIds;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.Status;
import io.containerstatus.StatusEvent;
import io.containerstatus.fs.internal.DaemonThreads;
import io.containerstatus.fs.internal.NamedSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * Follows the containers under a root that another process writes, such as a supervisor or a live containerd. A
 * follower takes no lock, creates and changes nothing, and follows no link below the root.
 *
 * <p>The follower notices changes by the operating system's file events. In addition, it scans the root at
 * regular intervals, because events can be lost, and because some file systems have none. On Linux, a
 * subscription takes one inotify instance, and one inotify watch for the root, for its parent, and for each
 * folder in it. With {@link Builder#shared()}, all subscriptions together take as many as one subscription.
 *
 * <p>{@link #read}, {@link #list()} and {@link #find} read the root once for each subscription. They use the same
 * settings, and take no watch.
 *
 * <p>This class is threadsafe, and need not be closed. Without a subscription, no file is open and no thread runs,
 * except that a thread of a single read ends only after a minute without work.
 */
public final class StatusFollower {
    private final FollowSettings settings;
    /** The reader that all subscribers share; null if each subscription has its own. */
    private final @Nullable SharedFollow shared;

    private final SingleReads reads;

    private StatusFollower(Builder builder) {
        settings = new FollowSettings(
                builder.root,
                builder.scanEvery,
                builder.missingAfter,
                builder.polling,
                builder.maxFileSize,
                builder.ioScheduler,
                builder.metrics,
                builder.watcherThreads);
        shared = builder.shared ? new SharedFollow(settings) : null;
        reads = new SingleReads(settings);
    }

    /** Returns a follower of this root, with the defaults of the {@link #builder builder}. Touches no file. */
    public static StatusFollower at(Path root) {
        return builder(root).build();
    }

    /** Returns a builder for a follower of this root, which may be a link to a folder. */
    public static Builder builder(Path root) {
        return new Builder(root);
    }

    /** Returns the root as it was passed to the builder. */
    public Path root() {
        return settings.root();
    }

    /**
     * Reads the status of one container from its file. Each subscription resolves the links in the root's path, and
     * reads the file anew. If the owner of the root has a journal in front of the files, the status can be older than
     * the newest one, see {@link FileCheckpoints#journal}.
     *
     * <p>The read happens on the I/O scheduler, and its result is signalled there. If the id is invalid, or if the
     * scheduler rejects the work, the error is signalled on the subscribing thread. If the subscription is cancelled
     * before a thread has begun the read, nothing is read. After that, only the result is dropped; a failure then
     * goes to Reactor's {@code onErrorDropped} hook.
     *
     * @param id the container, see {@link ContainerIds}
     * @return emits the status, with its flags off. Completes empty if the container does not exist or has no status.
     *     Fails with {@link InvalidContainerIdException}; with {@link io.containerstatus.CorruptStatusException} or
     *     {@link io.containerstatus.UnsupportedVersionException}; with
     *     {@link io.containerstatus.UnreadableStatusException} if the status is not a regular file, is larger than
     *     {@link Builder#maxFileSize}, or cannot be read; with the same exception if the root does not exist or
     *     cannot be read, if another folder takes its path during the read, or if the I/O scheduler rejects the work;
     *     or with {@link io.containerstatus.IncompatibleDependencyException} if a library is missing or too old
     */
    public Mono<Status> read(String id) {
        if (!ContainerIds.isValid(id)) {
            return Mono.error(() -> new InvalidContainerIdException(id));
        }
        return reads.status(id);
    }

    /** Returns {@link #list(String)} with the empty prefix: the ids of all containers. */
    public Flux<String> list() {
        return list("");
    }

    /**
     * Lists the containers whose id begins with the prefix. A container is what {@link FileCheckpoints#list} lists.
     * Each subscription resolves the links in the root's path, and lists the root anew. Of entries with other names,
     * only the name is read. Statuses are not read.
     *
     * <p>The whole root is listed at once, so that a slow subscriber keeps no file open. Then the ids are emitted on
     * demand, on the I/O scheduler or on the thread that requests them. If the scheduler rejects the work, the error
     * is signalled on the subscribing thread. A cancellation has the same effect as for {@link #read}.
     *
     * @param prefix the beginning of the ids; empty for all. If no valid id can begin with it, nothing is emitted
     * @return emits each id once, in ascending order. Fails with {@link io.containerstatus.UnreadableStatusException}
     *     if the root does not exist or cannot be read, if another folder takes its path during the read, or if the
     *     I/O scheduler rejects the work
     */
    public Flux<String> list(String prefix) {
        Objects.requireNonNull(prefix, "prefix");
        return reads.ids(prefix).flatMapIterable(ids -> ids);
    }

    /**
     * Finds the container with this id, or else the only container whose id begins with this text. Lists the root as
     * {@link #list(String)} does, and reads no status. The id is signalled on the I/O scheduler.
     *
     * @param idOrPrefix any text; every id begins with the empty text
     * @return emits the id. Fails with {@link io.containerstatus.ContainerNotFoundException} if no id begins with the
     *     text; with {@link io.containerstatus.AmbiguousIdException}, which names at most five ids, if several ids
     *     begin with the text and none is equal to it; or as {@link #list(String)} does
     */
    public Mono<String> find(String idOrPrefix) {
        Objects.requireNonNull(idOrPrefix, "idOrPrefix");
        return reads.id(idOrPrefix);
    }

    /**
     * Returns the stream of changes. First, it emits every existing container, ordered by id. Then it emits
     * every change of these containers and of new ones. A container is what {@link FileCheckpoints#list} lists.
     * If a status file is bad or missing, that is a change that carries the failure. If it becomes good again,
     * that is the next change.
     *
     * <p>The follower reads a container only once the subscriber has requested another change. So a slow
     * subscriber skips to the newest status of each container, nothing is buffered for it, and it misses
     * statuses that were replaced and containers that were deleted in the meantime. If a container was emitted
     * and is then deleted, the deletion is always emitted, exactly once. If a container is deleted and created
     * again, that is two changes, even if both happen between two reads. There is one exception: if there are
     * no file events to distinguish the two folders, and the file system gave both the same inode number, they
     * are reported as one {@link FollowedChange.Kind#UPDATED} change. If a status is replaced by an equal one,
     * there is no change.
     *
     * <p>Work begins at the subscription. Each subscription does its own work, on its own threads, and starts with
     * its own snapshot. {@link Builder#shared()} says what is different if subscribers share the work. Signals
     * come on the I/O scheduler, one after the other. If a subscriber blocks there, it delays only itself, unless
     * it shares a scheduler that was set with {@link Builder#ioScheduler}. If a subscriber throws, its
     * subscription is cancelled, and the exception goes to Reactor's {@code onErrorDropped} hook. Cancelling never
     * waits. It ends the subscription's threads and gives its watches back, which may take a moment longer.
     *
     * @return never completes. Fails with {@link io.containerstatus.UnreadableStatusException} if the root does not
     *     exist or cannot be read, at the subscription or later, or if another folder has taken its path. Nothing is
     *     known of the containers then, so no deletions are emitted. A new subscription, for example by
     *     {@code retryWhen}, continues with a new snapshot once the root is back. The watch of the parent notices at
     *     once if the root is renamed, removed or replaced. A mount over the root is noticed by the next full scan,
     *     or before the next change. If the parent is not watched, the same applies to a rename, a removal and a
     *     replacement of the root. If the root is a link, it is resolved at the subscription, and later changes of
     *     the link are ignored. Fails with {@link io.containerstatus.WatchLimitExceededException} if the operating
     *     system gives no more watches, and with {@link io.containerstatus.UnreadableStatusException} if the I/O
     *     scheduler rejects the work. Fails with any other throwable as it is, such as an {@link OutOfMemoryError}, a
     *     class that cannot be loaded, a thread that cannot be started, or an
     *     {@link io.containerstatus.IncompatibleDependencyException} if a library is missing or too old. Such an
     *     error is signalled and not rethrown, so it ends this stream but no thread
     */
    public Flux<FollowedChange> changes() {
        // A new source for each call: Reactor's context propagation attaches only to a plain source.
        ChangesSource source = subscriber -> subscribe(subscriber, /* emitsSnapshotEnd= */ false);
        return Flux.from(source);
    }

    /**
     * Returns {@link #changes()} with the end of the snapshot: the same changes, as {@link FollowedChange}, and
     * one {@link io.containerstatus.CaughtUp}. It is emitted once every container of the first scan was emitted
     * or is gone, even if there was no container. It needs demand, like a change. A new subscription, such as
     * one by {@code retryWhen} after the root was away, has its own snapshot, with its own end.
     */
    public Flux<StatusEvent> events() {
        EventsSource source = subscriber -> subscribe(subscriber, /* emitsSnapshotEnd= */ true);
        return Flux.from(source);
    }

    private interface EventsSource extends NamedSource<StatusEvent> {
        @Override
        default String stepName() {
            return "StatusFollower.events";
        }
    }

    private interface ChangesSource extends NamedSource<FollowedChange> {
        @Override
        default String stepName() {
            return "StatusFollower.changes";
        }
    }

    /**
     * Subscribes. The subscriber receives the changes and, if {@code emitsSnapshotEnd}, also the end of the snapshot.
     */
    @SuppressWarnings("unchecked")
    private void subscribe(Subscriber<?> subscriber, boolean emitsSnapshotEnd) {
        CoreSubscriber<? super StatusEvent> actual =
                Operators.toCoreSubscriber((Subscriber<? super StatusEvent>) subscriber);
        if (shared != null) {
            shared.subscribe(actual, emitsSnapshotEnd);
            return;
        }
        FollowSubscription subscription;
        try {
            subscription = new FollowSubscription(actual, settings, emitsSnapshotEnd);
        } catch (Throwable thrown) {
            Operators.error(actual, thrown);
            return;
        }
        subscription.start();
    }

    /** Collects the settings. Each setter checks its value. A builder is not threadsafe. */
    public static final class Builder {
        private static final Duration SHORTEST = Duration.ofMillis(1);
        private static final Duration LONGEST = Duration.ofDays(365);
        private static final Duration LONGEST_MISSING = Duration.ofMinutes(1);

        private final Path root;
        private Duration scanEvery = Duration.ofSeconds(10);
        private Duration missingAfter = Duration.ofMillis(100);
        private boolean polling;
        private boolean shared;
        private int maxFileSize = StatusReader.DEFAULT_MAX_FILE_SIZE;
        private @Nullable Scheduler ioScheduler;
        private FollowerMetricsGuard metrics = FollowerMetricsGuard.NONE;
        private ThreadFactory watcherThreads = task -> DaemonThreads.newThread(task, "status-watch");

        private Builder(Path root) {
            this.root = Objects.requireNonNull(root, "root");
        }

        /**
         * Sets the time between two full scans. By default, 10 seconds. If there is no file event for a change,
         * this bounds the delay until it is noticed. A full scan reads the attributes of every folder and
         * status. It then reads a status only if its attributes have changed, if it could not be read the last
         * time, or if it has not been read since its attributes have been known for two seconds.
         *
         * @throws IllegalArgumentException if {@code scanEvery} is not in 1 millisecond..365 days
         */
        public Builder scanEvery(Duration scanEvery) {
            if (scanEvery.compareTo(SHORTEST) < 0 || scanEvery.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "scanEvery " + scanEvery + " is not in " + SHORTEST + ".." + LONGEST);
            }
            this.scanEvery = scanEvery;
            return this;
        }

        /**
         * Sets how long a status must be missing before a change reports that. By default, 100 milliseconds.
         * containerd creates the folder of a container first and its status a moment later, and it removes the status
         * before the folder. With this delay, the first change of a new container carries its status, and its last
         * change is the deletion. If a container has no status for that long, the change with the failure is emitted
         * after this delay. In the snapshot, the container keeps its position in the order, so the rest of the
         * snapshot waits for it. The time counts from the first scan or read that finds the status missing. If the
         * delay is zero, that first read reports the missing status at once.
         *
         * @throws IllegalArgumentException if {@code missingAfter} is not in 0..1 minute
         */
        public Builder missingAfter(Duration missingAfter) {
            if (missingAfter.isNegative() || missingAfter.compareTo(LONGEST_MISSING) > 0) {
                throw new IllegalArgumentException(
                        "missingAfter " + missingAfter + " is not in " + Duration.ZERO + ".." + LONGEST_MISSING);
            }
            this.missingAfter = missingAfter;
            return this;
        }

        /**
         * Uses only full scans, without file events and so without watches. Use this for file systems that are known
         * to have no file events, such as network file systems, and on nodes that are short of watches. If the JDK
         * supports no watches on a file system, the follower polls it even without this setting.
         */
        public Builder polling() {
            this.polling = true;
            return this;
        }

        /**
         * Lets all subscribers of the follower share one reader of the root: one thread, one inotify instance,
         * and one watch for each folder, for any number of subscribers. The shared reader begins with the first
         * subscription and ends with the last. A subscription after that, or after a failure, begins a new one.
         * By default, each subscription has its own.
         *
         * <p>Each subscriber still has its own snapshot, its own {@code previous}, and its own demand.
         * The differences are:
         *
         * <ul>
         * <li>The root is read whenever it changes, regardless of demand, and the newest status of each
         *   container is kept in memory. A subscriber that is ready receives the newest status from there.
         * <li>A later subscriber gets the known state at that moment as its snapshot. This state can be as old as the
         *   delay until a change is noticed: with {@link #polling()}, up to {@link #scanEvery(Duration)}. Later
         *   changes follow.
         * <li>Subscribers are called on up to 64 daemon threads, {@code status-follow-signal-n}, or on the
         *   {@link #ioScheduler(Scheduler)}. If a subscriber blocks, it delays only itself, unless it takes the
         *   last thread of a scheduler that was set.
         * <li>A failure of the root ends all streams at once. The {@link #metrics(FollowerMetrics) metrics}
         *   count the shared reader as one stream.
         * </ul>
         */
        public Builder shared() {
            this.shared = true;
            return this;
        }

        /**
         * Sets the size of the largest file that is read, in bytes. By default, 1 MiB.
         *
         * @throws IllegalArgumentException if {@code maxFileSize} is not in 1..2147483631
         */
        public Builder maxFileSize(long maxFileSize) {
            this.maxFileSize = StatusReader.requireMaxFileSize(maxFileSize);
            return this;
        }

        /**
         * Sets the scheduler for reading files and for the signals. Both may block its threads. The follower never
         * disposes of it. If the scheduler rejects the work of a stream, or drops the work because it was disposed
         * of, the stream fails with {@link io.containerstatus.UnreadableStatusException}. This one signal comes on
         * the thread that detected it: the subscribing thread, the requesting thread, or {@code status-watch}. By
         * default, each subscription has at most one daemon thread at a time, named {@code status-follow-n}. It
         * starts when there is work, and ends after a minute without work or with the subscription. Waiting for file
         * events always takes another daemon thread of the subscription, {@code status-watch}.
         *
         * <p>{@link StatusFollower#read}, {@link StatusFollower#list()} and {@link StatusFollower#find} read and signal
         * on this scheduler, too. By default, they share up to 64 daemon threads of the follower, named
         * {@code status-io-n}. These start when work comes, and end after a minute without work. If 100,000 reads wait
         * for them, further reads are rejected.
         */
        public Builder ioScheduler(Scheduler ioScheduler) {
            this.ioScheduler = Objects.requireNonNull(ioScheduler, "ioScheduler");
            return this;
        }

        /** Sets the recorder of the follower's work. By default, nothing is recorded. */
        public Builder metrics(FollowerMetrics metrics) {
            this.metrics = new FollowerMetricsGuard(Objects.requireNonNull(metrics, "metrics"));
            return this;
        }

        /** For tests: sets the factory of the threads that wait for file events. */
        Builder watcherThreads(ThreadFactory watcherThreads) {
            this.watcherThreads = watcherThreads;
            return this;
        }

        /** Returns the follower. Touches no file. */
        public StatusFollower build() {
            return new StatusFollower(this);
        }
    }
}
