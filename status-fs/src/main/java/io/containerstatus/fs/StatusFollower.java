package io.containerstatus.fs;

import io.containerstatus.fs.internal.DaemonThreads;
import io.containerstatus.fs.internal.NamedSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * Follows the containers under a root that another process writes, such as a supervisor's or a live containerd's. It
 * takes no lock, creates and changes nothing, and follows no link below the root.
 *
 * <p>Changes are noticed by the operating system's file events. A full look at regular intervals is the net under them:
 * for events that were lost, and for file systems that have none. On Linux a subscription takes one inotify instance, and
 * one inotify watch for the root, for its parent, and for each folder in it.
 *
 * <p>This class is threadsafe, and holds nothing itself: no thread runs and no file is open without a subscription.
 */
public final class StatusFollower {
    private final FollowSettings settings;

    private StatusFollower(Builder builder) {
        settings = new FollowSettings(
                builder.root,
                builder.lookEvery,
                builder.missingAfter,
                builder.polling,
                builder.maxFileSize,
                builder.ioScheduler,
                builder.metrics,
                builder.watcherThreads);
    }

    /** Returns a follower of this root, with the defaults of the {@link #builder builder}. Touches no file. */
    public static StatusFollower at(Path root) {
        return builder(root).build();
    }

    /** Returns a builder for a follower of this root, which may be a link to a folder. */
    public static Builder builder(Path root) {
        return new Builder(root);
    }

    /** Returns the root as it was given. */
    public Path root() {
        return settings.root();
    }

    /**
     * Returns the stream of changes: first every container there is, ordered by id, then whatever happens to them and to
     * new ones. A container is what {@link FileCheckpoints#list} lists. A file that is bad, or missing, is a change that
     * carries the failure; when it is good again, that is the next change.
     *
     * <p>A container is looked at when the subscriber has asked for more, and not before. So a slow subscriber skips to
     * the newest status of each container, nothing is buffered for it, and what came and went meanwhile is left out. A
     * container that it was told of is always told deleted, once. One that was deleted and created again is told in two
     * changes, even if both happened between two looks; only where there are no file events to tell the two folders
     * apart, and the file system gave both the same number, they are one {@link FollowedChange.Kind#UPDATED}. A
     * replacement by an equal status is no change.
     *
     * <p>Work begins at the subscription; each has its own, on threads of its own, and starts with a snapshot of its own.
     * Signals come on the I/O scheduler, one after the other. A subscriber that blocks there delays itself only, unless
     * it shares a scheduler that was given; one that throws is cancelled, and its exception goes to Reactor's {@code
     * onErrorDropped} hook. Cancelling never waits. It ends the subscription's threads and gives its watches back, which
     * may take a moment longer.
     *
     * @return never completes. Fails with {@link io.containerstatus.UnreadableStatusException} when the root is not
     *     there or cannot be read, at the subscription or later, or when another folder has taken its place: nothing is
     *     known of its containers then, so they are not told deleted; subscribing again, with {@code retryWhen}, goes on
     *     with a new snapshot once the root is back. A root that is renamed, removed or replaced is noticed at once by
     *     the watch of its parent; a mount over it, and any of these where its parent is not watched, by the next full
     *     look or before the next change. A root that is a link is resolved at the subscription, and a later change of
     *     the link is not followed. Fails with {@link io.containerstatus.WatchLimitExceededException} when the operating
     *     system gives no more watches, and with {@link io.containerstatus.UnreadableStatusException} when the I/O
     *     scheduler takes no work. Fails with whatever else is thrown, as it is: an {@link OutOfMemoryError}, a class
     *     that cannot be loaded, a thread that cannot be started. Such an error is signalled and not thrown on, so it
     *     ends this stream and no thread
     */
    public Flux<FollowedChange> changes() {
        // Wrapped at each call: a plain source is where Reactor's context propagation hooks in.
        Source source = subscriber -> subscribe(Operators.toCoreSubscriber(subscriber));
        return Flux.from(source);
    }

    private interface Source extends NamedSource<FollowedChange> {
        @Override
        default String stepName() {
            return "StatusFollower.changes";
        }
    }

    private void subscribe(CoreSubscriber<? super FollowedChange> subscriber) {
        FollowSubscription subscription;
        try {
            subscription = new FollowSubscription(subscriber, settings);
        } catch (Throwable thrown) {
            Operators.error(subscriber, thrown);
            return;
        }
        subscription.start();
    }

    /** Collects the settings. Each setter checks its value. Not threadsafe. */
    public static final class Builder {
        private static final Duration SHORTEST = Duration.ofMillis(1);
        private static final Duration LONGEST = Duration.ofDays(365);
        private static final Duration LONGEST_MISSING = Duration.ofMinutes(1);

        private final Path root;
        private Duration lookEvery = Duration.ofSeconds(10);
        private Duration missingAfter = Duration.ofMillis(100);
        private boolean polling;
        private int maxFileSize = StatusReader.DEFAULT_MAX_FILE_SIZE;
        private @Nullable Scheduler ioScheduler;
        private FollowerMetricsGuard metrics = FollowerMetricsGuard.NONE;
        private ThreadFactory watcherThreads = task -> DaemonThreads.newThread(task, "status-watch");

        private Builder(Path root) {
            this.root = Objects.requireNonNull(root, "root");
        }

        /**
         * Sets the time between two full looks; by default 10 seconds. It bounds how late a change can be noticed of
         * which there was no file event. A full look asks for the attributes of every folder and status, and reads only
         * those that differ, or changed in the last two seconds.
         *
         * @throws IllegalArgumentException if it is not in 1 millisecond..365 days
         */
        public Builder lookEvery(Duration lookEvery) {
            if (lookEvery.compareTo(SHORTEST) < 0 || lookEvery.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "lookEvery " + lookEvery + " is not in " + SHORTEST + ".." + LONGEST);
            }
            this.lookEvery = lookEvery;
            return this;
        }

        /**
         * Sets how long a status must be missing before a change says so; by default 100 milliseconds. containerd creates
         * the folder of a container first and its status a moment later, and it removes the status before the folder.
         * With this delay the first change of a new container carries its status, and the last one is its deletion. Where
         * a container stays without a status for that long, the change with the failure is emitted as late as that; in
         * the snapshot it keeps its place, so the rest of the snapshot waits for it. The time counts from the first look
         * that finds the status missing. Zero: the first such look is told at once.
         *
         * @throws IllegalArgumentException if it is not in 0..1 minute
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
         * Uses no file events, and so no watches: only the full looks. For file systems that are known to have none, such
         * as network ones, and for nodes that are short of watches. A file system that refuses to watch is polled
         * without being told.
         */
        public Builder polling() {
            this.polling = true;
            return this;
        }

        /**
         * Sets the size of the largest file that is read, in bytes; by default 1 MiB.
         *
         * @throws IllegalArgumentException if it is not in 1..2147483631
         */
        public Builder maxFileSize(long maxFileSize) {
            this.maxFileSize = StatusReader.requireMaxFileSize(maxFileSize);
            return this;
        }

        /**
         * Sets the scheduler for looking at files and for the signals. Both may block its threads. It is never disposed
         * of. A stream whose work it refuses, or forgets because it was disposed of, fails with {@link
         * io.containerstatus.UnreadableStatusException}; this one signal comes on the thread that found it out: that of
         * the subscription, of a request, or {@code status-watch}. By default each subscription has one daemon thread, {@code status-follow-1}, started with the first work
         * and ended with the subscription. Waiting for file events always takes a daemon thread of the subscription's
         * own, {@code status-watch}.
         */
        public Builder ioScheduler(Scheduler ioScheduler) {
            this.ioScheduler = Objects.requireNonNull(ioScheduler, "ioScheduler");
            return this;
        }

        /** Sets what records the follower's work; by default nothing does. */
        public Builder metrics(FollowerMetrics metrics) {
            this.metrics = new FollowerMetricsGuard(Objects.requireNonNull(metrics, "metrics"));
            return this;
        }

        /** For tests: makes the threads that wait for file events. */
        Builder watcherThreads(ThreadFactory watcherThreads) {
            this.watcherThreads = watcherThreads;
            return this;
        }

        /** Returns the follower; touches no file. */
        public StatusFollower build() {
            return new StatusFollower(this);
        }
    }
}
