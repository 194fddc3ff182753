package io.containerstatus.etcd;

import io.containerstatus.ContainerIds;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StoreClosedException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.fs.internal.NamedSource;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * Follows the statuses and the ownership of all nodes below a prefix of an etcd 3.4 or newer, as {@link EtcdCheckpoints} and
 * other writers of this library keep them. It owns nothing, and writes nothing but what {@link #fence} is asked to delete.
 *
 * <p>All subscribers share one snapshot and one watch of etcd. They begin with the first subscription, and are kept until
 * {@link #close}, also while nobody is subscribed; a later subscriber is told what is known at once. The newest document of
 * each container is kept in memory, whatever the rate of changes is and however slow a subscriber.
 *
 * <p>When etcd is away, the follower goes on trying, at one member after the other, with pauses of up to two seconds. The
 * streams go on meanwhile: that etcd is not heard is no failure and no deletion. Whoever has to know reads {@link #events} or
 * asks {@link #health}.
 *
 * <p>There is no thread and no connection before the first subscription and none after {@link #close}, but one of Netty's
 * that ends a second later, and one of a subscriber that has not returned; all are daemons. This class is threadsafe.
 */
public final class FleetFollower {
    private final FleetSettings settings;
    private final FleetSignals signals;
    private final Mono<Void> closing;
    /** Made under the lock. */
    private volatile @Nullable FleetSession session;

    private volatile boolean closed;

    private FleetFollower(FleetSettings settings) {
        this.settings = settings;
        signals = new FleetSignals(settings.scheduler());
        closing = signals.hop(Mono.defer(() -> {
                    FleetSession open = sessionToClose();
                    return open == null ? Mono.empty() : open.close();
                }))
                .doOnTerminate(signals::end)
                .cache();
    }

    /**
     * Returns a builder.
     *
     * @param endpoints the members of the cluster
     * @param prefix what all keys begin with, such as {@code /status}: a slash at its beginning, and none at its end
     * @throws IllegalArgumentException if the prefix has another form
     */
    public static Builder builder(EtcdEndpoints endpoints, String prefix) {
        return new Builder(endpoints, prefix);
    }

    /** Returns the changes of all containers of all nodes: {@link #changes(FleetView)} of {@link FleetView#all()}. */
    public Flux<FleetChange> changes() {
        return changes(FleetView.all());
    }

    /**
     * Returns the stream of the changes of containers: first each one that is there, ordered by node and id, then what
     * happens to them and to new ones, for each in the order of etcd's revisions. A document that cannot be read is a change
     * that carries the failure.
     *
     * <p>What is told is the status that is newest when the subscriber is ready for it. One that is slow skips to the newest
     * of each container, and {@link FleetChange#skipped()} counts what it was not told. A container that it was told of is
     * always told deleted, once, and before another one of the same id; one that came and went while it slept may vanish. A
     * status that is replaced by an equal one is no change.
     *
     * <p>Work begins at the subscription. Signals come one after the other on the view's scheduler, else on that of the
     * {@linkplain Builder#scheduler builder}; if it does not take work, on the thread that caused them. A subscriber that
     * blocks delays itself only; one that throws is cancelled, and its exception goes to Reactor's {@code onErrorDropped}
     * hook. Cancelling returns at once.
     *
     * @return completes after {@link #close}, once all that was heard is told. Fails with {@link UnreadableStatusException}
     *     when etcd refuses to be read, for a missing right or a wrong password, or a file of the TLS settings cannot be
     *     read: all streams fail then, and subscribing again begins anew; with {@link StoreClosedException} after {@code
     *     close}; with whatever else is thrown, as it is, such as an {@link OutOfMemoryError}
     */
    public Flux<FleetChange> changes(FleetView view) {
        Objects.requireNonNull(view, "view");
        ChangesSource source = subscriber -> subscribe(subscriber, view, FleetSubscription.Told.CONTAINERS);
        return Flux.from(source).cast(FleetChange.class);
    }

    /** Returns the changes of the ownership of all nodes: {@link #nodes(FleetView)} of {@link FleetView#all()}. */
    public Flux<NodeChange> nodes() {
        return nodes(FleetView.all());
    }

    /**
     * Returns the stream of the changes of nodes' ownership: first each node that is known, ordered by its name, with its
     * owner or without, then each change. Everything else is as {@link #changes(FleetView)} has it. An owner that was replaced
     * while the subscriber slept is told as one change to the newest.
     *
     * <p>That a node has an owner means that its lease has not ended; not that it is alive at this moment.
     */
    public Flux<NodeChange> nodes(FleetView view) {
        Objects.requireNonNull(view, "view");
        NodesSource source = subscriber -> subscribe(subscriber, view, FleetSubscription.Told.NODES);
        return Flux.from(source).cast(NodeChange.class);
    }

    /**
     * Returns what {@link #changes(FleetView)} and {@link #nodes(FleetView)} tell in one stream, with the notices that say how
     * it stands to etcd: when everything was told that stood at a revision, since when etcd is not heard, and where there was
     * a gap. After what stands at first, there is no order between a node and its containers.
     *
     * @return ends as {@code changes} does
     */
    public Flux<FleetEvent> events(FleetView view) {
        Objects.requireNonNull(view, "view");
        EventsSource source = subscriber -> subscribe(subscriber, view, FleetSubscription.Told.EVERYTHING);
        return Flux.from(source);
    }

    private interface ChangesSource extends NamedSource<FleetEvent> {
        @Override
        default String stepName() {
            return "FleetFollower.changes";
        }
    }

    private interface NodesSource extends NamedSource<FleetEvent> {
        @Override
        default String stepName() {
            return "FleetFollower.nodes";
        }
    }

    private interface EventsSource extends NamedSource<FleetEvent> {
        @Override
        default String stepName() {
            return "FleetFollower.events";
        }
    }

    private void subscribe(Subscriber<? super FleetEvent> subscriber, FleetView view, FleetSubscription.Told told) {
        CoreSubscriber<? super FleetEvent> actual = Operators.toCoreSubscriber(subscriber);
        FleetSession open;
        try {
            open = session();
        } catch (Throwable thrown) {
            Operators.error(actual, thrown);
            return;
        }
        FleetSubscription subscription = new FleetSubscription(actual, view, told, settings, signals);
        try {
            actual.onSubscribe(subscription);
        } catch (Throwable thrown) {
            subscription.cancel();
            throw thrown;
        }
        open.add(subscription);
    }

    private synchronized FleetSession session() {
        if (closed) {
            throw new StoreClosedException();
        }
        FleetSession open = session;
        if (open == null) {
            try {
                open = new FleetSession(settings, settings.connector().connect());
            } catch (IOException | RuntimeException e) {
                throw new UnreadableStatusException(settings.keys().place(), e.toString(), e);
            }
            session = open;
        }
        return open;
    }

    private synchronized @Nullable FleetSession sessionToClose() {
        closed = true;
        return session;
    }

    /**
     * Takes the ownership of a node from whoever has it, by deleting the owner's key, and leaves a note for one who has
     * lost it just now and would come back. From the completion on, none of their writes succeeds, however late it comes.
     * Their processes are not stopped by it. The statuses stay as they are, and the node may be taken by another owner at
     * once.
     *
     * <p>It takes effect once: whoever takes the node after that is not hit, also when this has to ask etcd several times.
     * Work begins at the subscription and runs to its end; a cancellation drops the result only. The result comes on the
     * scheduler of the {@linkplain Builder#scheduler builder}.
     *
     * @param node the name of the node, which may be known or not
     * @return completes when the node is fenced, whether it had an owner or not. Fails with {@link UnreadableStatusException}
     *     when etcd could not be asked in time: nothing was changed; with {@link NotWrittenException} when etcd refuses it:
     *     nothing was changed; with {@link io.containerstatus.IndeterminateWriteException} when etcd did not answer in time:
     *     fence once more to be sure; with {@link StoreClosedException} after {@link #close}
     * @throws IllegalArgumentException if there can be no node of this name
     */
    public Mono<Void> fence(String node) {
        if (!ContainerIds.isValid(node)) {
            throw new IllegalArgumentException("no name of a node, which follows the rule of ids: " + node);
        }
        return signals.hop(Mono.defer(() -> session().fence(node)));
    }

    /** Returns how the follower is, as far as it knows: asks nobody, on any thread. */
    public FleetHealth health() {
        FleetSession open = session;
        if (open == null) {
            return new FleetHealth(FleetLink.NONE, 0, Fleet.Counts.NONE, 0, closed);
        }
        Fleet known = open.fleet();
        return new FleetHealth(known.link(), known.revision(), known.counts(), known.subscribers(), closed);
    }

    /**
     * Ends the watch, the connections and the threads. Waits for {@linkplain #fence fencings} under way. Streams complete
     * once they have told what was heard, as far as it is requested and whenever that is.
     *
     * @return completes when all is given up, on the scheduler of the {@linkplain Builder#scheduler builder}; never fails,
     *     and cannot be cancelled
     */
    public Mono<Void> close() {
        return closing;
    }

    /** How a fleet is followed. Setters check their argument at once. This class is not threadsafe. */
    public static final class Builder {
        private final FleetKeys keys;
        private FleetSettings.Connector connector;
        private EtcdTls tls = EtcdTls.OF_JDK;
        private @Nullable EtcdCredentials credentials;
        private Duration requestTimeout = Duration.ofSeconds(2);
        private Duration fenceTimeout = Duration.ofSeconds(10);
        private Duration checkEvery = Duration.ofSeconds(30);
        private Clock clock = Clock.systemUTC();
        private FleetMetricsGuard metrics = FleetMetricsGuard.NONE;
        private @Nullable Scheduler scheduler;

        private Builder(EtcdEndpoints endpoints, String prefix) {
            Objects.requireNonNull(endpoints, "endpoints");
            if (!prefix.matches("(/[^/]+)+")) {
                throw new IllegalArgumentException("no prefix of the form /name: " + prefix);
            }
            keys = new FleetKeys(prefix);
            connector = () -> new NettyTransport(endpoints, tls);
        }

        /** Whom to trust, and what to present; by default the authorities of the JDK, and nothing. For {@code https} only. */
        public Builder tls(EtcdTls newTls) {
            tls = Objects.requireNonNull(newTls, "tls");
            return this;
        }

        /**
         * Authenticates with this name and password; by default there is no authentication. The user needs the right to read
         * the keys from {@code <prefix>/o/} to {@code <prefix>/s0}, and for {@link FleetFollower#fence} to read and write
         * those below {@code <prefix>/f/} and {@code <prefix>/o/}.
         *
         * @param user the name
         * @param password asked for each time that a token is needed; it may not block
         */
        public Builder credentials(String user, Supplier<String> password) {
            credentials = new EtcdCredentials(
                    Objects.requireNonNull(user, "user"), Objects.requireNonNull(password, "password"));
            return this;
        }

        /** After what time without an answer a call has failed, and the next member is asked; by default 2 s. */
        public Builder requestTimeout(Duration newTimeout) {
            requestTimeout = requirePositive(newTimeout);
            return this;
        }

        /** For how long a {@link FleetFollower#fence} is tried; by default 10 s. */
        public Builder fenceTimeout(Duration newTimeout) {
            fenceTimeout = requirePositive(newTimeout);
            return this;
        }

        /**
         * How often etcd is asked, with a majority behind the answer, whether it is still the cluster that it was, and has
         * not gone back; by default every 30 s. A member that cannot tell is left for the next one.
         */
        public Builder checkEvery(Duration newInterval) {
            checkEvery = requirePositive(newInterval);
            return this;
        }

        /** What tells since when etcd is not heard, and when a node was fenced; by default the system's clock. */
        public Builder clock(Clock newClock) {
            clock = Objects.requireNonNull(newClock, "clock");
            return this;
        }

        /** What records the follower's work; by default nothing does. */
        public Builder metrics(FleetMetrics newMetrics) {
            metrics = new FleetMetricsGuard(Objects.requireNonNull(newMetrics, "metrics"));
            return this;
        }

        /**
         * Where signals and results come; by default up to 64 threads of its own, {@code status-etcd-signal-n}, as many as are
         * needed. It is not disposed of.
         */
        public Builder scheduler(Scheduler newScheduler) {
            scheduler = Objects.requireNonNull(newScheduler, "scheduler");
            return this;
        }

        /** For tests: the way to etcd. */
        Builder connector(FleetSettings.Connector newConnector) {
            connector = newConnector;
            return this;
        }

        /** Returns the follower; nothing is connected to. */
        public FleetFollower build() {
            return new FleetFollower(new FleetSettings(
                    keys, connector, credentials, requestTimeout, fenceTimeout, checkEvery, clock, metrics, scheduler));
        }

        private static Duration requirePositive(Duration duration) {
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException("not positive: " + duration);
            }
            return duration;
        }
    }
}
