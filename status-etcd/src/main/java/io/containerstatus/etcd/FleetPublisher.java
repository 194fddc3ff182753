package io.containerstatus.etcd;

import io.containerstatus.reactive.StatusStore;
import java.time.Duration;
import java.util.Objects;
import reactor.core.publisher.Mono;

/**
 * Publishes the statuses of a store on etcd 3.4 or newer, where followers of the fleet can read them. The
 * store itself stays on files, on a journal, or elsewhere. The node keeps working while etcd is not
 * available. When etcd is available again, the publisher brings it up to date, including deletions.
 *
 * <p>etcd is behind the store, by a moment or by the length of an outage. The publisher sends the newest
 * status of each container, and may skip those in between. So etcd serves readers only, and the store holds
 * the data that must not be lost. The store never waits for the publisher, and its updates never fail because
 * of the publisher. Each container that waits to be published takes a little memory.
 *
 * <p>The keys, {@code <prefix>/s/<node>/<id>}, and the values are those of {@link EtcdCheckpoints}. Several
 * containers share a transaction. Each transaction checks that this publisher still owns the node. When the
 * publisher takes the node, it deletes from etcd the containers of the node that the store does not have.
 *
 * <p>If etcd cannot be reached for longer than {@code leaseTtl}, the lease ends, and the ownership with it.
 * When etcd can be reached again, the publisher takes the node again, unless the node was fenced, another
 * owner has it, or its statuses on etcd were changed by others. In these cases, the ownership is lost
 * permanently: the publisher ends, writes nothing more, and reports that through {@link #ownershipLost} and
 * {@link #health}. The store continues. The publisher replaces another owner only when it takes the node for
 * the first time, and only if {@code seize} or an equal {@code identity} allows that.
 *
 * <p>This class is threadsafe. Its threads are daemons: one for all calls of etcd and the work that follows
 * from them, one for the connections, up to two for results, and two for work that may block, which is to
 * look up names, and to read the password and the files of the TLS settings. After {@link #close}, only these
 * remain: one thread of Netty's, which ends a second later, and threads that are still blocked in such work.
 */
public final class FleetPublisher {
    private final Publication publication;
    private final Mono<String> lost;
    private final Mono<Void> closing;

    private FleetPublisher(Publication publication, Results results) {
        this.publication = publication;
        lost = results.signal(publication.lost()).cache();
        closing =
                results.signal(publication.close()).doOnTerminate(results::end).cache();
        lost.subscribe(); // Caches the signal for subscribers that come after the threads have ended.
    }

    /**
     * Returns a builder.
     *
     * @param store the store to publish; the publisher does not close it
     * @param endpoints the members of the cluster
     * @param prefix the beginning of all keys, such as {@code /status}: one or more names, each after a slash
     * @param node the name of this node, which follows the rule of {@link io.containerstatus.ContainerIds}
     * @throws IllegalArgumentException if the prefix or the name has another form
     */
    public static Builder builder(StatusStore store, EtcdEndpoints endpoints, String prefix, String node) {
        return new Builder(
                Objects.requireNonNull(store, "store"),
                Objects.requireNonNull(endpoints, "endpoints"),
                Keys.of(prefix, node));
    }

    /**
     * Returns how far etcd is behind the store, and why. Sends no request, never blocks, and may be called on
     * any thread at any time, even after the publisher has ended.
     */
    public FleetPublisherHealth health() {
        return publication.health();
    }

    /**
     * Reports a permanent loss of the ownership: another owner publishes for this node or has done so, or the
     * node was fenced. The containers of this node may have been started elsewhere. So stop the node's
     * containers, or hand them over. The publisher writes nothing more. A new publisher can take the node
     * once it is free, or immediately if it may replace the owner.
     *
     * @return emits one human-readable reason as soon as the loss is noticed: at the next write, or within a
     *     third of the lease's time to live if etcd can be reached. Completes without a value if the
     *     publisher is closed first. Signals come on the builder's {@code scheduler}, or on the publisher's
     *     thread if the scheduler rejects the task. A subscriber that comes after the signal receives it on
     *     the subscribing thread. Cancelling has no other effect
     */
    public Mono<String> ownershipLost() {
        return lost;
    }

    /**
     * Publishes the pending changes, gives up the ownership, and ends. Publishing continues for at most
     * {@link Builder#closeTimeout}. If another owner has the node, nothing more is published. The statuses
     * stay on etcd. Close the store first: the publisher then publishes the last changes of the store and
     * closes itself. Closing both is harmless.
     *
     * <p>Idempotent. Work begins at the first subscription and cannot be cancelled.
     *
     * @return completes once the threads, the connections and the lease are released. If etcd does not
     *     answer, completes as well, and the ownership ends with its lease at the latest. Never fails, even
     *     if the builder's {@code scheduler} rejects the task
     */
    public Mono<Void> close() {
        return closing;
    }

    /**
     * The settings of the publisher. Each setter checks its argument immediately: null throws a
     * {@link NullPointerException}, and a value outside its range an {@link IllegalArgumentException}. A
     * duration of more than 10,000 days counts as 10,000 days. This class is not threadsafe.
     */
    public static final class Builder extends OwnerBuilder<Builder> {
        private final StatusStore store;
        private Duration closeTimeout = Duration.ofSeconds(5);

        private Builder(StatusStore store, EtcdEndpoints endpoints, Keys keys) {
            super(endpoints, keys);
            this.store = store;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets how long a close continues to publish pending changes: more than 0; by default 5 s. Giving up
         * the ownership may take a few more calls after that.
         */
        public Builder closeTimeout(Duration newTimeout) {
            closeTimeout = ConnectionSettings.requirePositive(newTimeout);
            return this;
        }

        /**
         * Starts the publisher. etcd need not be reachable: the publisher retries, and
         * {@link FleetPublisher#health} reports the failure. The publisher ends when it is closed, when the
         * store is closed, or when the ownership is lost.
         *
         * <p>Returns immediately, and never blocks. Another thread reads the files of the TLS settings and
         * asks for the password. If that fails, or takes longer than {@code requestTimeout}, the publisher
         * retries it, as it retries a failed call.
         */
        public FleetPublisher start() {
            Duration requestTimeout = connection().requestTimeout();
            EtcdSettings settings = settings(
                    /* ownershipWait= */ Duration.ZERO,
                    /* outcomeTimeout= */ requestTimeout,
                    /* openTimeout= */ requestTimeout,
                    /* maxValueSize= */ Integer.MAX_VALUE);
            Publication publication = new Publication(store, settings, closeTimeout);
            FleetPublisher publisher = new FleetPublisher(
                    publication, new Results(settings.connection().scheduler()));
            publication.start();
            return publisher;
        }
    }
}
