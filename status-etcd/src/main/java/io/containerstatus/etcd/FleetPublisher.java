package io.containerstatus.etcd;

import io.containerstatus.reactive.StatusStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Brings the statuses of a store to etcd 3.4 or newer, for a fleet to see, while the store stays where it is: on files, on
 * a journal, or elsewhere. The node goes on when etcd is away, and etcd is brought up to date when it is back, deletions
 * included.
 *
 * <p>What is on etcd is behind the store, by a moment or by the length of an outage: of each container, the newest status
 * is brought there, and those between may be left out. So it is for readers; what must not be lost is in the store. The
 * store never waits for it, and its updates never fail for it. What waits takes a little memory a container.
 *
 * <p>The keys are those of {@link EtcdCheckpoints}, {@code <prefix>/s/<node>/<id>}, and so are their values. Several
 * containers share a transaction, and each transaction asks whether this publisher still owns the node. What etcd holds of
 * the node and the store does not is deleted when the node is taken.
 *
 * <p>The ownership ends with its lease when etcd cannot be reached for longer than {@link Builder#leaseTtl}. When it can
 * be reached again, this publisher takes the node again, if nobody has fenced the node and nobody else has owned it and
 * changed its statuses. Otherwise the ownership is lost for good: the publisher ends, writes nothing more, and says so by
 * {@link #ownershipLost} and {@link #health}; the store goes on. It never takes the node from another owner, unless it is
 * told so by {@link Builder#seize}, when it takes it for the first time.
 *
 * <p>This class is threadsafe. Its threads are daemons: one for all calls of etcd and what follows from them, one for the
 * connections, and up to two for results. None is left after {@link #close}, but one of Netty's that ends a second later.
 */
public final class FleetPublisher {
    private final Publication publication;
    private final Mono<String> lost;
    private final Mono<Void> closing;

    private FleetPublisher(Publication publication, Results results) {
        this.publication = publication;
        lost = publication.lost().publishOn(results.scheduler()).cache();
        closing = publication
                .close()
                .publishOn(results.scheduler())
                .doOnTerminate(results::end)
                .cache();
        lost.subscribe(); // So that the signal is there for those who come after the threads have ended.
    }

    /**
     * Returns a builder.
     *
     * @param store what is published; it is not closed by the publisher
     * @param endpoints the members of the cluster
     * @param prefix what all keys begin with, such as {@code /status}: a slash at its beginning, and none at its end
     * @param node the name of this node, by the rule of {@link io.containerstatus.ContainerIds}
     * @throws IllegalArgumentException if the prefix or the name has another form
     */
    public static Builder builder(StatusStore store, EtcdEndpoints endpoints, String prefix, String node) {
        return new Builder(
                Objects.requireNonNull(store, "store"),
                Objects.requireNonNull(endpoints, "endpoints"),
                Keys.of(prefix, node));
    }

    /**
     * Returns how far etcd is behind, and why. Asks nobody, never waits, and may be called on any thread at any time, also
     * after the end.
     */
    public FleetPublisherHealth health() {
        return publication.health();
    }

    /**
     * Tells that the ownership was lost for good: another one publishes for this node by now, or has done so, or somebody has
     * fenced it. Containers of this node may have been started elsewhere, so stop what the statuses are about, or hand it
     * over. Nothing is written any more; a new publisher takes the node only when it is free, or is told to seize it.
     *
     * @return emits how it was lost, for a reader, once, as soon as it is noticed: at the next write, or within a third of
     *     the lease's time to live if etcd can be reached. Completes without a value at the close. Signals come on the
     *     {@linkplain Builder#scheduler scheduler}, to who subscribes after that on the subscribing thread. Cancelling has no
     *     other effect
     */
    public Mono<String> ownershipLost() {
        return lost;
    }

    /**
     * Publishes what waits, gives up the ownership, and ends. It goes on publishing for {@link Builder#closeTimeout} at
     * most, and not at all when another one owns the node. The statuses stay on etcd. Close the store first: its last
     * changes are then published, and the publisher closes itself; it does not hurt to do both.
     *
     * <p>Idempotent; work begins at the first subscription and cannot be cancelled.
     *
     * @return completes when no thread, connection or lease is left; if etcd does not answer, all the same, and the
     *     ownership ends at the latest when its lease does. It never fails
     */
    public Mono<Void> close() {
        return closing;
    }

    /** How it is published. Setters check their argument at once. This class is not threadsafe. */
    public static final class Builder {
        private final StatusStore store;
        private final EtcdEndpoints endpoints;
        private final Keys keys;
        private EtcdTls tls = EtcdTls.OF_JDK;
        private @Nullable EtcdCredentials credentials;
        private String identity = UUID.randomUUID().toString();
        private boolean seizes;
        private Duration leaseTtl = Duration.ofSeconds(15);
        private Duration requestTimeout = Duration.ofSeconds(2);
        private Duration closeTimeout = Duration.ofSeconds(5);
        private Clock clock = Clock.systemUTC();
        private @Nullable Scheduler scheduler;

        private Builder(StatusStore store, EtcdEndpoints endpoints, Keys keys) {
            this.store = store;
            this.endpoints = endpoints;
            this.keys = keys;
        }

        /** Whom to trust, and what to present; by default the authorities of the JDK, and nothing. For {@code https} only. */
        public Builder tls(EtcdTls newTls) {
            tls = Objects.requireNonNull(newTls, "tls");
            return this;
        }

        /**
         * Authenticates with this name and password; by default there is no authentication. A token that etcd no longer
         * takes is replaced.
         *
         * @param user the name
         * @param password asked for each time that a token is needed; it may not block
         */
        public Builder credentials(String user, Supplier<String> password) {
            credentials = new EtcdCredentials(
                    Objects.requireNonNull(user, "user"), Objects.requireNonNull(password, "password"));
            return this;
        }

        /**
         * Who this is: when it takes the node first, an owner of the same identity is replaced at once, such as the killed
         * process that this one follows. By default a random one, so that nobody is, and what a killed process has owned
         * is waited for until its lease ends. Two that run at the same time must not have the same.
         */
        public Builder identity(String newIdentity) {
            identity = Objects.requireNonNull(newIdentity, "identity");
            return this;
        }

        /**
         * Replaces whoever owns the node when it takes it first, at once: none of its writes succeeds any more. By default
         * it waits until the owner is gone.
         */
        public Builder seize() {
            seizes = true;
            return this;
        }

        /**
         * For how long a publisher that is not heard of keeps the ownership; by default 15 s, at least 5 s, in whole
         * seconds.
         */
        public Builder leaseTtl(Duration newTtl) {
            leaseTtl = EtcdSettings.requireTtl(newTtl);
            return this;
        }

        /** After what time without an answer a call has failed, and the next member is asked; by default 2 s. */
        public Builder requestTimeout(Duration newTimeout) {
            requestTimeout = EtcdSettings.requirePositive(newTimeout);
            return this;
        }

        /** For how long a close goes on publishing what waits; by default 5 s. Its end may take a few calls longer. */
        public Builder closeTimeout(Duration newTimeout) {
            closeTimeout = EtcdSettings.requirePositive(newTimeout);
            return this;
        }

        /** What tells the times of failures and of the taking of the node; by default the system's clock. */
        public Builder clock(Clock newClock) {
            clock = Objects.requireNonNull(newClock, "clock");
            return this;
        }

        /** Where results are signalled; by default two threads of its own. It is not disposed of. */
        public Builder scheduler(Scheduler newScheduler) {
            scheduler = Objects.requireNonNull(newScheduler, "scheduler");
            return this;
        }

        /**
         * Starts it. It need not reach etcd: it goes on trying, and {@link FleetPublisher#health} tells. It ends at its
         * close, at that of the store, or when the ownership is lost.
         *
         * @throws UncheckedIOException if a file of the TLS settings cannot be read; they are read here
         * @throws IllegalArgumentException if what is in it cannot be used
         */
        public FleetPublisher start() {
            try {
                return start(new NettyTransport(endpoints, tls));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        FleetPublisher start(Transport transport) {
            EtcdSettings settings = new EtcdSettings(
                    endpoints,
                    keys,
                    tls,
                    credentials,
                    identity,
                    seizes,
                    leaseTtl,
                    /* ownershipWait= */ Duration.ZERO,
                    requestTimeout,
                    /* outcomeTimeout= */ requestTimeout,
                    /* openTimeout= */ requestTimeout,
                    /* maxValueSize= */ Integer.MAX_VALUE,
                    clock,
                    scheduler);
            Publication publication = new Publication(store, settings, closeTimeout, transport);
            FleetPublisher publisher = new FleetPublisher(publication, new Results(scheduler));
            publication.start();
            return publisher;
        }
    }
}
