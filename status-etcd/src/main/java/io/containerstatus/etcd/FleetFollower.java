package io.containerstatus.etcd;

import io.containerstatus.ContainerIds;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StoreClosedException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.fs.internal.NamedSource;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Follows the statuses and the owners of all nodes below a prefix of etcd 3.4 or newer, as
 * {@link EtcdCheckpoints} and the other writers of this library store them. It owns nothing, and it writes
 * only in {@link #fence}.
 *
 * <p>All subscribers share one snapshot and one watch of etcd. These begin with the first subscription and
 * remain until {@link #close}, even while nobody is subscribed. A later subscriber immediately receives the
 * known content. The follower keeps the newest document of each container in memory, whatever the rate of
 * changes is and however slow a subscriber is.
 *
 * <p>If etcd is not available, the follower retries, at one member after the other, with pauses of up to two
 * seconds. The streams stay open in the meantime: a lost connection is neither a failure of a stream nor a
 * deletion. {@link #events} and {@link #health} report the connection.
 *
 * <p>No thread and no connection exists before the first use. After {@link #close}, at most these threads
 * remain: one of Netty's, which ends a second later, a thread of a subscriber that has not returned, and
 * threads that still wait for a name service, for a file of the TLS settings, or for the password. All
 * threads are daemons. This class is threadsafe.
 */
public final class FleetFollower {
    private final FleetSettings settings;
    private final FleetSignals signals;
    private final Mono<Void> closing;
    /** Created under the lock. */
    private volatile @Nullable FleetSession session;

    private volatile boolean closed;

    private FleetFollower(FleetSettings settings) {
        this.settings = settings;
        signals = new FleetSignals(settings.connection().scheduler());
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
     * @param prefix the beginning of all keys, such as {@code /status}: one or more names, each after a slash
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
     * Returns the changes of containers. The stream begins with a snapshot of the existing containers,
     * ordered by node and id. Then the changes follow. The changes of one container come in the order of
     * etcd's revisions. If a document cannot be read, its change carries the failure.
     *
     * <p>A change contains the newest status at the time when the subscriber is ready for it. So a slow
     * subscriber skips to the newest status of each container, and {@link FleetChange#skipped()} counts the
     * writes that were left out. If a subscriber has received a container, it receives the deletion of that
     * container once, before another container with the same id. A container that was created and deleted
     * while the subscriber was not ready may be left out. If a status is replaced by an equal one, that is no change.
     *
     * <p>Work begins at the subscription. Signals come one after another on the view's scheduler. If the view
     * has none, they come on the builder's {@code scheduler}. If the scheduler rejects a task, they come on
     * the thread that caused them. A subscriber that blocks delays only itself. If a subscriber throws, it is
     * cancelled, and its exception goes to Reactor's {@code onErrorDropped} hook. Cancelling returns immediately.
     *
     * @return completes after {@link #close}, once everything that was received is emitted. Fails with
     *     {@link UnreadableStatusException} if etcd refuses to be read, because a right is missing or the
     *     password is wrong, if the supplier of the password throws, or if a file of the TLS settings cannot be
     *     read. Then all streams fail, and the next subscription starts again. Fails with
     *     {@link StoreClosedException} after {@code close}; or with any other exception or error that is thrown,
     *     unchanged, such as an {@link OutOfMemoryError}
     */
    public Flux<FleetChange> changes(FleetView view) {
        Objects.requireNonNull(view, "view");
        ChangesSource source = subscriber -> subscribe(subscriber, view, FleetSubscription.Scope.CONTAINERS);
        return Flux.from(source).cast(FleetChange.class);
    }

    /**
     * Returns the changes of the owners of all nodes: {@link #nodes(FleetView)} of {@link FleetView#all()}.
     */
    public Flux<NodeChange> nodes() {
        return nodes(FleetView.all());
    }

    /**
     * Returns the changes of the nodes' owners. The stream begins with each known node, ordered by name, with
     * its owner or without. Then the changes follow. In all other respects, it behaves as
     * {@link #changes(FleetView)}. If the owner changes several times while the subscriber is not ready, the
     * subscriber receives one change to the newest owner.
     *
     * <p>If a node has an owner, the owner's lease has not ended. That does not prove that the owner is
     * running at this moment.
     */
    public Flux<NodeChange> nodes(FleetView view) {
        Objects.requireNonNull(view, "view");
        NodesSource source = subscriber -> subscribe(subscriber, view, FleetSubscription.Scope.NODES);
        return Flux.from(source).cast(NodeChange.class);
    }

    /**
     * Returns the events of {@link #changes(FleetView)} and {@link #nodes(FleetView)} in one stream, together
     * with notices about the connection to etcd. A {@link FleetNotice} reports that everything that existed
     * at a revision was emitted, that no events arrive from etcd, that they arrive again, or that there was a
     * gap. After the snapshot, there is no order between a node and its containers.
     *
     * @return ends as {@code changes} does
     */
    public Flux<FleetEvent> events(FleetView view) {
        Objects.requireNonNull(view, "view");
        EventsSource source = subscriber -> subscribe(subscriber, view, FleetSubscription.Scope.EVERYTHING);
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

    private void subscribe(Subscriber<? super FleetEvent> subscriber, FleetView view, FleetSubscription.Scope scope) {
        CoreSubscriber<? super FleetEvent> actual = Operators.toCoreSubscriber(subscriber);
        FleetSession open;
        try {
            open = session();
        } catch (Throwable thrown) {
            Operators.error(actual, thrown);
            return;
        }
        FleetSubscription subscription = new FleetSubscription(actual, view, scope, settings, signals);
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
            open = new FleetSession(settings);
            session = open;
        }
        return open;
    }

    private synchronized @Nullable FleetSession sessionToClose() {
        closed = true;
        return session;
    }

    /**
     * Takes the ownership of a node away from its owner: deletes the owner's key, and changes the fencing
     * key. That key shows the fencing to an owner that lost the ownership just before, and would otherwise
     * take the node again. After the completion, no write of a former owner succeeds, however late it
     * arrives. The processes of that owner are not stopped. The statuses stay as they are, and another owner
     * may take the node immediately.
     *
     * <p>The fencing takes effect only once. So it does not affect an owner that takes the node after that,
     * even if the call has to be repeated. Work begins at the subscription and runs to its end. Cancelling
     * drops only the result. The result comes on the builder's {@code scheduler}.
     *
     * @param node the name of the node; the follower need not know it
     * @return completes once the node is fenced, whether or not it had an owner. Fails with
     *     {@link UnreadableStatusException} if etcd could not be read: nothing has changed; with
     *     {@link NotWrittenException} if etcd refuses the change: nothing has changed; with
     *     {@link io.containerstatus.IndeterminateWriteException} if etcd does not answer within
     *     {@link Builder#fenceTimeout}: to be sure, fence again; with {@link StoreClosedException}
     *     after {@link #close}
     * @throws IllegalArgumentException if the name breaks the rule of {@link ContainerIds}
     */
    public Mono<Void> fence(String node) {
        if (!ContainerIds.isValid(node)) {
            throw new IllegalArgumentException("not a valid node name (it must follow the rule of ids): " + node);
        }
        return signals.hop(Mono.defer(() -> session().fence(node)));
    }

    /**
     * Returns the health of the follower, as far as it knows. Sends no request, and may be called on any thread.
     */
    public FleetHealth health() {
        FleetSession open = session;
        if (open == null) {
            return new FleetHealth(FleetLink.NONE, 0, Fleet.Counts.NONE, 0, closed);
        }
        Fleet known = open.fleet();
        return new FleetHealth(known.link(), known.revision(), known.counts(), known.subscribers(), closed);
    }

    /**
     * Waits for {@linkplain #fence fencings} in progress, ends the watch, and releases the connections and
     * the threads. Each stream completes after it has emitted everything that was received. It emits that on
     * demand, however late.
     *
     * @return completes once everything is released, on the builder's {@code scheduler}. Never fails, and
     *     cannot be cancelled
     */
    public Mono<Void> close() {
        return closing;
    }

    /**
     * The settings of the follower. Each setter checks its argument immediately: null throws a
     * {@link NullPointerException}, and a value outside its range an {@link IllegalArgumentException}. A
     * duration of more than 10,000 days counts as 10,000 days. This class is not threadsafe.
     */
    public static final class Builder extends ConnectionBuilder<Builder> {
        private final FleetKeys keys;
        private Duration fenceTimeout = Duration.ofSeconds(10);
        private Duration checkEvery = Duration.ofSeconds(30);
        private FleetMetricsGuard metrics = FleetMetricsGuard.NONE;

        private Builder(EtcdEndpoints endpoints, String prefix) {
            super(endpoints);
            if (!prefix.matches("(/[^/]+)+")) {
                throw new IllegalArgumentException("not a prefix of the form /name: " + prefix);
            }
            keys = new FleetKeys(prefix);
        }

        @Override
        Builder self() {
            return this;
        }

        /** Sets how long a {@link FleetFollower#fence} is retried: more than 0; by default 10 s. */
        public Builder fenceTimeout(Duration newTimeout) {
            fenceTimeout = ConnectionSettings.requirePositive(newTimeout);
            return this;
        }

        /**
         * Sets the time between two checks that etcd is still the same cluster and has not gone back to an
         * earlier state: more than 0; by default 30 s. The answer needs a majority of the members. If a
         * member cannot answer, the next one is used.
         */
        public Builder checkEvery(Duration newInterval) {
            checkEvery = ConnectionSettings.requirePositive(newInterval);
            return this;
        }

        /** Sets the recorder of the follower's work; by default nothing is recorded. */
        public Builder metrics(FleetMetrics newMetrics) {
            metrics = new FleetMetricsGuard(Objects.requireNonNull(newMetrics, "metrics"));
            return this;
        }

        /** Returns the follower. Connects to nothing. */
        public FleetFollower build() {
            return new FleetFollower(new FleetSettings(connection(), keys, fenceTimeout, checkEvery, metrics));
        }
    }
}
