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
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The statuses of one node on etcd 3.4 or newer. The key of a container's status is
 * {@code <prefix>/s/<node>/<id>}. Its value is in containerd's format, byte for byte as in a file.
 *
 * <p>A write is acknowledged once a majority of the members has synced it. Each write checks in its own
 * transaction that this adapter still owns the node. So an adapter that was replaced, or whose lease has
 * ended, can no longer write, however long its process was frozen. The processes of the node keep running.
 * The application that receives {@link OwnershipLostException} decides what to do about them.
 *
 * <p>If etcd does not answer in time, or reports that it does not know the outcome, a write may still take
 * effect later. The adapter first makes that impossible, and then reads the stored status. So most of these
 * writes end with a certain outcome, a little later.
 *
 * <p>Statuses outlive their owner. The owner's key, {@code <prefix>/o/<node>}, is bound to a lease and is
 * deleted when the lease ends.
 *
 * <p>Work begins at the subscription and runs to its end. Cancelling drops only the result. Results are
 * signalled on the builder's {@code scheduler}, or on the client's thread if the scheduler rejects the task.
 * No thread and no connection exists before {@link #open}.
 * After {@link #close}, at most these threads remain: one of Netty's, which ends a second later, and threads
 * that still wait for a name service, for a file of the TLS settings, or for the password. All threads are daemons.
 *
 * <p>This class is threadsafe. For one container, start a write or deletion only after the previous one has ended.
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
        results = new Results(settings.connection().scheduler());
        Mono<Void> ended = Mono.defer(this::stopOpening)
                .then(Mono.defer(this::closeSession))
                .cache();
        closing = results.signal(ended).doOnTerminate(results::end).cache();
    }

    /**
     * Returns a builder.
     *
     * @param endpoints the members of the cluster
     * @param prefix the beginning of all keys, such as {@code /status}: one or more names, each after a slash
     * @param node the name of this node, which follows the rule of {@link ContainerIds}
     * @throws IllegalArgumentException if the prefix or the name has another form
     */
    public static Builder builder(EtcdEndpoints endpoints, String prefix, String node) {
        return new Builder(endpoints, Keys.of(prefix, node));
    }

    /**
     * Takes the ownership of the node, and reads all its statuses as of one revision. A lease holds the
     * ownership. It is kept alive until {@link #close}.
     *
     * <p>If the user has no right to write, or if etcd has no space left, the node is opened read-only. Then
     * every write and deletion fails with {@link NotWrittenException}.
     *
     * <p>Work begins at the subscription. The result is signalled on the scheduler. Cancelling drops only the
     * result: the adapter owns the node until {@code close}.
     *
     * @return emits the access, the containers, and the keys below this node's prefix that belong to no
     *     container. Fails with {@link RootLockedException} if another owner has the node, or if this object
     *     has opened it or is opening it; with {@link UnreadableStatusException} if etcd cannot be reached in
     *     time or refuses to be read, if the supplier of the password throws, or if a file of the TLS settings
     *     cannot be read; with {@link StoreClosedException} after {@code close}. A failed opening owns nothing,
     *     and the next subscription tries again. The result comes after {@link Builder#openTimeout} plus
     *     {@link Builder#ownershipWait} at the latest. If a failed opening may have taken the ownership, it
     *     gives the ownership up first, and the failure comes up to one {@code requestTimeout} later
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
                    return Mono.error(new RootLockedException(settings.keys().location()));
                }
                opened = new Session(settings);
                session = opened;
                opening = result.asMono().then().onErrorComplete();
            }
            Mono.defer(() -> Guarded.get(opened::open))
                    .subscribeOn(opened.client().worker())
                    .onErrorResume(failure -> opened.close()
                            .then(Mono.fromRunnable(() -> session = null))
                            .then(Mono.error(failure)))
                    .subscribe(result::tryEmitValue, failure -> result.tryEmitError(Guarded.unwrap(failure)));
            return results.signal(result.asMono());
        });
    }

    /**
     * Returns whether the statuses can be written now, as far as is known. Sends no request, and may be
     * called on any thread.
     *
     * @return read-only before {@link #open} and after {@link #close}. In between, this is the access that
     *     {@code open} emitted. After a change or the lease has shown that the ownership is lost, it is
     *     read-only, with the reason
     */
    @Override
    public Access access() {
        Session open = session;
        if (closed) {
            return Access.readOnly(settings.keys().location() + " is closed");
        }
        return open == null ? Access.readOnly(settings.keys().location() + " is not open") : open.access();
    }

    /**
     * Checks that the encoded status is not larger than {@link Builder#maxValueSize}. Takes nanoseconds,
     * unless the status might be too large: only then is it encoded.
     *
     * @throws StatusTooLargeException if the status is larger
     */
    @Override
    public void requireStorable(String id, Status status) {
        if (StatusCodec.maxEncodedLength(status) > settings.maxValueSize()) {
            encode(id, status);
        }
    }

    /**
     * Stores the first status of a container. After an indeterminate failure of a change of this id, this
     * method replaces the stored status.
     *
     * @param id the container's id, see {@link ContainerIds}
     * @param status the status; its flags are not stored
     * @return completes once the status is durable. Fails with
     *     {@link io.containerstatus.AlreadyExistsException} if a readable status is already stored, which
     *     stays as it is; or fails as {@link #write} does
     */
    @Override
    public Mono<Void> create(String id, Status status) {
        Objects.requireNonNull(status, "status");
        return change(id, () -> encode(id, status), /* creates= */ true);
    }

    /**
     * Stores the status, whether or not a status was stored before. If the stored value cannot be decoded,
     * the same transaction keeps it as {@code <prefix>/k/<node>/<id>/<time>}. If another program that is not
     * the owner has changed the key, the next write fails and reports that. The write after it replaces the value.
     * If a write finds the key, or this adapter's own owner's key, at an earlier revision than before, as after
     * the restoration of a backup, the ownership is lost.
     *
     * @param id the container's id, see {@link ContainerIds}
     * @param status the status; its flags are not stored
     * @return completes once the status is durable. Fails with {@link InvalidContainerIdException}; with
     *     {@link StatusTooLargeException}; with {@link NotWrittenException} if the old status is certainly
     *     still stored, because etcd refuses the write, because etcd could not be reached within
     *     {@link Builder#outcomeTimeout}, or because this adapter is not open; with its subclass
     *     {@link OwnershipLostException} if the ownership is lost, which then holds for every later change;
     *     with {@link IndeterminateWriteException} if etcd does not answer within {@code outcomeTimeout}.
     *     After an indeterminate failure, later failures for this id are indeterminate as well, until a
     *     change completes, or until the adapter has found out that the failed change had no effect
     */
    @Override
    public Mono<Void> write(String id, Status status) {
        Objects.requireNonNull(status, "status");
        return change(id, () -> encode(id, status), /* creates= */ false);
    }

    /**
     * Deletes the status, and all values that were kept for the container because they could not be decoded,
     * in one transaction.
     *
     * @param id the container's id, see {@link ContainerIds}
     * @return completes once the deletion is durable, or if nothing was stored; or fails as {@link #write}
     *     does
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
                    .subscribe(none -> {}, failure -> end.tryEmitError(Guarded.unwrap(failure)), end::tryEmitEmpty);
            return results.signal(end.asMono());
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
        return UnsafeByteOperations.unsafeWrap(document); // No other code has the array.
    }

    /**
     * Waits for the opening and the changes in progress. Then revokes the lease, which ends the ownership.
     *
     * @return completes once the ownership is given up. If etcd does not answer within
     *     {@code requestTimeout}, completes as well, and the ownership ends with the lease at the latest.
     *     Never fails, and cannot be cancelled
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

    /**
     * The settings of the adapter. Each setter checks its argument immediately: null throws a
     * {@link NullPointerException}, and a value outside its range an {@link IllegalArgumentException}. A
     * duration of more than 10,000 days counts as 10,000 days. This class is not threadsafe.
     */
    public static final class Builder extends OwnerBuilder<Builder> {
        private Duration ownershipWait = Duration.ZERO;
        private Duration outcomeTimeout = Duration.ofSeconds(10);
        private Duration openTimeout = Duration.ofSeconds(10);
        private int maxValueSize = 1 << 20;

        private Builder(EtcdEndpoints endpoints, Keys keys) {
            super(endpoints, keys);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets how long an opening waits for another owner to give up the node: 0 or more. By default 0,
         * which does not wait.
         */
        public Builder ownershipWait(Duration newWait) {
            if (newWait.isNegative()) {
                throw new IllegalArgumentException("negative: " + newWait);
            }
            ownershipWait = ConnectionSettings.limited(newWait);
            return this;
        }

        /**
         * Sets how long a change is retried, including the reads that determine its outcome: more than 0; by
         * default 10 s.
         */
        public Builder outcomeTimeout(Duration newTimeout) {
            outcomeTimeout = ConnectionSettings.requirePositive(newTimeout);
            return this;
        }

        /**
         * Sets how long an opening may take, in addition to the wait for another owner: more than 0; by
         * default 10 s. This includes the wait for the password and for the files of the TLS settings.
         */
        public Builder openTimeout(Duration newTimeout) {
            openTimeout = ConnectionSettings.requirePositive(newTimeout);
            return this;
        }

        /**
         * Sets the largest size of an encoded status, in bytes, from 1 byte to 1 MiB; by default 1 MiB. etcd
         * accepts 1.5 MiB in a call.
         */
        public Builder maxValueSize(int newSize) {
            if (newSize < 1 || newSize > 1 << 20) {
                throw new IllegalArgumentException("not between 1 byte and 1 MiB: " + newSize);
            }
            maxValueSize = newSize;
            return this;
        }

        /** Returns the adapter. It is not open yet. */
        public EtcdCheckpoints build() {
            return new EtcdCheckpoints(settings(ownershipWait, outcomeTimeout, openTimeout, maxValueSize));
        }
    }
}
