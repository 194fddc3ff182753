package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.containerstatus.ContainerIds;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.InvalidContainerIdException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.StoreClosedException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.spi.StatusCheckpoints;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Statuses of one node on etcd 3.4 or newer: {@code <prefix>/s/<node>/<id>}, each in containerd's format, byte for byte as
 * in a file.
 *
 * <p>A write is acknowledged when a majority of the members has synced it. Each one asks, in its own transaction, whether
 * this adapter still owns the node's statuses: one that was replaced, or whose lease has ended, cannot write any more,
 * however long it was frozen. Its processes go on all the same; what to do about them is for who sees
 * {@link OwnershipLostException}.
 *
 * <p>When etcd does not answer in time, or says that it does not know, a write may still take effect later. Then the
 * adapter first makes that impossible, and reads what became of it afterwards; so most of these writes end with a
 * certain outcome, a little later.
 *
 * <p>Statuses outlive their owner. One owner's key, {@code <prefix>/o/<node>}, is bound to a lease and goes with it.
 *
 * <p>Work begins at the subscription and runs to its end; cancelling drops the result only. Results are signalled on the
 * {@linkplain Builder#scheduler scheduler}. There is no thread and no connection before {@link #open} and none after
 * {@link #close}, but one of Netty's that ends a second later, and one that waits for a name service that does not answer;
 * all are daemons.
 *
 * <p>This class is threadsafe. For one container, start a write or deletion only when the one before has ended.
 */
public final class EtcdCheckpoints implements StatusCheckpoints {
    private final EtcdSettings settings;
    private final Results results;
    private final Mono<Void> closing;
    private volatile @Nullable Session session;
    private volatile boolean closed;
    private volatile Mono<Void> opening = Mono.empty();

    private EtcdCheckpoints(EtcdSettings settings) {
        this.settings = settings;
        results = new Results(settings.scheduler());
        closing = Mono.defer(this::stopOpening)
                .then(Mono.defer(this::closeSession))
                .publishOn(results.scheduler())
                .doOnTerminate(results::end)
                .cache();
    }

    /**
     * Returns a builder.
     *
     * @param endpoints the members of the cluster
     * @param prefix what all keys begin with, such as {@code /status}: a slash at its beginning, and none at its end
     * @param node the name of this node, by the rule of {@link ContainerIds}
     * @throws IllegalArgumentException if the prefix or the name has another form
     */
    public static Builder builder(EtcdEndpoints endpoints, String prefix, String node) {
        return new Builder(endpoints, prefix, node);
    }

    /**
     * Takes the ownership of the node's statuses and reads all of them, as they were at one revision. The ownership is
     * kept by a lease, which is kept alive until {@link #close}.
     *
     * <p>Who has no right to write, or finds etcd without space, opens it to be read: then every write and deletion fails
     * with {@link NotWrittenException}.
     *
     * <p>Work begins at the subscription. The result comes on the scheduler. A cancellation drops the result only: what
     * was taken is owned until {@code close}.
     *
     * @return emits what was obtained, the containers, and the keys below this node's that are no container's; or fails
     *     with {@link RootLockedException} when another one owns them, or this object has opened them already; with {@link
     *     UnreadableStatusException} when etcd, or a file of the TLS settings, cannot be read in time; with {@link
     *     StoreClosedException} after {@code close}. After a failure nothing is owned, and the next subscription tries
     *     again
     */
    @Override
    public Mono<Opened> open() {
        return Mono.defer(() -> {
            Sinks.One<Opened> result = Sinks.one();
            Session opened;
            synchronized (this) {
                if (closed) {
                    return Mono.error(new StoreClosedException());
                }
                if (session != null) {
                    return Mono.error(new RootLockedException(settings.keys().place()));
                }
                try {
                    opened = new Session(settings, new NettyTransport(settings.endpoints(), settings.tls()));
                } catch (IOException | RuntimeException e) {
                    return Mono.error(
                            new UnreadableStatusException(settings.keys().place(), e.toString(), e));
                }
                session = opened;
                opening = result.asMono().then().onErrorComplete();
            }
            opened.open()
                    .subscribeOn(opened.client().worker())
                    .onErrorResume(failure -> opened.close()
                            .then(Mono.fromRunnable(() -> session = null))
                            .then(Mono.error(failure)))
                    .subscribe(result::tryEmitValue, result::tryEmitError);
            return result.asMono().publishOn(results.scheduler());
        });
    }

    /**
     * Returns whether the statuses can be written now, as far as is known: asks nobody, and may be called on any thread.
     *
     * @return before {@link #open} and after {@link #close} read-only; else what {@code open} emitted, until a change, or
     *     the lease, has told that the ownership is lost: from then on read-only, with the reason
     */
    @Override
    public Access access() {
        Session open = session;
        if (closed) {
            return Access.readOnly(settings.keys().place() + " is closed");
        }
        return open == null ? Access.readOnly(settings.keys().place() + " is not open") : open.access();
    }

    /**
     * Checks that the status is not larger than {@link Builder#maxValueSize}. Takes nanoseconds, unless the status may be
     * too large: then it is encoded.
     *
     * @throws StatusTooLargeException if it is larger
     */
    @Override
    public void requireStorable(String id, Status status) {
        if (StatusCodec.maxEncodedLength(status) > settings.maxValueSize()) {
            encode(id, status);
        }
    }

    /**
     * Stores the first status of a container.
     *
     * @param id the container, see {@link ContainerIds}
     * @param status the status; its flags are not stored
     * @return completes when the status is durable; or fails with {@link io.containerstatus.AlreadyExistsException} when
     *     there is a status that can be read: it is left as it is; or as {@link #write} does. After an indeterminate
     *     failure of a change of this id, a status that is there is replaced
     */
    @Override
    public Mono<Void> create(String id, Status status) {
        Objects.requireNonNull(status, "status");
        return change(id, () -> encode(id, status), /* creates= */ true);
    }

    /**
     * Stores the status, whether there was one or not. What was stored and could not be decoded is kept aside in the same
     * transaction, as {@code <prefix>/k/<node>/<id>/<time>}. The first write after another program, which is no owner, has
     * changed the key fails and says so; the next one replaces what is there.
     *
     * @param id the container, see {@link ContainerIds}
     * @param status the status; its flags are not stored
     * @return completes when the status is durable; or fails with {@link InvalidContainerIdException}; with {@link
     *     StatusTooLargeException}; with {@link NotWrittenException} when the old status stands: etcd refuses it, could not
     *     be reached for {@link Builder#outcomeTimeout}, or this is not open; with {@link OwnershipLostException}, which is
     *     one, when the ownership is lost, for this change and all later ones; with {@link IndeterminateWriteException}
     *     when etcd does not answer for that long, and from then on in place of {@code NotWrittenException} until a change
     *     completes or the adapter has found out that the failed one had no effect
     */
    @Override
    public Mono<Void> write(String id, Status status) {
        Objects.requireNonNull(status, "status");
        return change(id, () -> encode(id, status), /* creates= */ false);
    }

    /**
     * Removes the status and what was kept aside for the container, in one transaction.
     *
     * @param id the container, see {@link ContainerIds}
     * @return completes when the deletion is durable, or nothing was there; or fails as {@link #write} does
     */
    @Override
    public Mono<Void> delete(String id) {
        return change(id, () -> null, /* creates= */ false);
    }

    private Mono<Void> change(String id, Supplier<@Nullable ByteString> value, boolean creates) {
        return Mono.defer(() -> {
            ContainerIds.requireValid(id);
            Session open = session;
            if (open == null || closed) {
                return Mono.error(notOpen(id));
            }
            Sinks.Empty<Void> end = Sinks.empty();
            open.change(id, value.get(), creates)
                    .subscribeOn(open.client().worker())
                    .onErrorMap(RejectedExecutionException.class, ended -> notOpen(id))
                    .subscribe(none -> {}, end::tryEmitError, end::tryEmitEmpty);
            return end.asMono().publishOn(results.scheduler());
        });
    }

    private NotWrittenException notOpen(String id) {
        return new NotWrittenException(id, Objects.requireNonNullElse(access().reason(), "it is not open"), null);
    }

    private ByteString encode(String id, Status status) {
        byte[] document = StatusCodec.encode(status);
        if (document.length > settings.maxValueSize()) {
            throw new StatusTooLargeException(id, document.length, settings.maxValueSize());
        }
        return UnsafeByteOperations.unsafeWrap(document); // Nobody else has the array.
    }

    /**
     * Waits for the changes under way, and ends the lease, and the ownership with it.
     *
     * @return completes when the ownership was given up; or, if etcd does not answer for {@link Builder#requestTimeout},
     *     all the same: then it ends at the latest when the lease does. It never fails, and cannot be cancelled
     */
    @Override
    public Mono<Void> close() {
        return closing;
    }

    private Mono<Void> stopOpening() {
        synchronized (this) {
            closed = true;
            return opening;
        }
    }

    private Mono<Void> closeSession() {
        Session open = session;
        return open == null ? Mono.empty() : open.close();
    }

    /** How the statuses are kept. Setters check their argument at once. This class is not threadsafe. */
    public static final class Builder {
        private final EtcdEndpoints endpoints;
        private final Keys keys;
        private EtcdTls tls = EtcdTls.OF_JDK;
        private @Nullable EtcdCredentials credentials;
        private String identity = UUID.randomUUID().toString();
        private boolean seizes;
        private Duration leaseTtl = Duration.ofSeconds(15);
        private Duration ownershipWait = Duration.ZERO;
        private Duration requestTimeout = Duration.ofSeconds(2);
        private Duration outcomeTimeout = Duration.ofSeconds(10);
        private Duration openTimeout = Duration.ofSeconds(10);
        private int maxValueSize = 1 << 20;
        private Clock clock = Clock.systemUTC();
        private @Nullable Scheduler scheduler;

        private Builder(EtcdEndpoints endpoints, String prefix, String node) {
            this.endpoints = Objects.requireNonNull(endpoints, "endpoints");
            keys = Keys.of(prefix, node);
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
         * Who this is: an owner of the same identity is replaced at once, such as the killed process that this one follows.
         * By default a random one, so that nobody is. Two that run at the same time must not have the same.
         */
        public Builder identity(String newIdentity) {
            identity = Objects.requireNonNull(newIdentity, "identity");
            return this;
        }

        /** Replaces whoever owns the node's statuses, at once: none of its writes succeeds any more. */
        public Builder seize() {
            seizes = true;
            return this;
        }

        /** For how long an owner that is not heard of keeps the ownership; by default 15 s, at least 5 s, in whole seconds. */
        public Builder leaseTtl(Duration newTtl) {
            leaseTtl = EtcdSettings.requireTtl(newTtl);
            return this;
        }

        /** How long an opening waits for another owner to go; by default 0, not at all. */
        public Builder ownershipWait(Duration newWait) {
            if (newWait.isNegative()) {
                throw new IllegalArgumentException("negative: " + newWait);
            }
            ownershipWait = newWait;
            return this;
        }

        /** After what time without an answer a call has failed, and the next member is asked; by default 2 s. */
        public Builder requestTimeout(Duration newTimeout) {
            requestTimeout = EtcdSettings.requirePositive(newTimeout);
            return this;
        }

        /** For how long a change is tried, and what became of it looked for; by default 10 s. */
        public Builder outcomeTimeout(Duration newTimeout) {
            outcomeTimeout = EtcdSettings.requirePositive(newTimeout);
            return this;
        }

        /** How long an opening may take, beside the wait for another owner; by default 10 s. */
        public Builder openTimeout(Duration newTimeout) {
            openTimeout = EtcdSettings.requirePositive(newTimeout);
            return this;
        }

        /** The size of the largest status that is stored, in bytes; by default 1 MiB, at most that: etcd takes 1.5 MiB a call. */
        public Builder maxValueSize(int newSize) {
            if (newSize < 1 || newSize > 1 << 20) {
                throw new IllegalArgumentException("not between 1 byte and 1 MiB: " + newSize);
            }
            maxValueSize = newSize;
            return this;
        }

        /** What tells the times by which bytes are named that are kept aside; by default the system's clock. */
        public Builder clock(Clock newClock) {
            clock = Objects.requireNonNull(newClock, "clock");
            return this;
        }

        /** Where results are signalled; by default two threads of its own. It is not disposed of. */
        public Builder scheduler(Scheduler newScheduler) {
            scheduler = Objects.requireNonNull(newScheduler, "scheduler");
            return this;
        }

        /** Returns the adapter, not open yet. */
        public EtcdCheckpoints build() {
            return new EtcdCheckpoints(new EtcdSettings(
                    endpoints,
                    keys,
                    tls,
                    credentials,
                    identity,
                    seizes,
                    leaseTtl,
                    ownershipWait,
                    requestTimeout,
                    outcomeTimeout,
                    openTimeout,
                    maxValueSize,
                    clock,
                    scheduler));
        }
    }
}
