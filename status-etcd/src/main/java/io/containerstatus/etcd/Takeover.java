package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.RootLockedException;
import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.LeaseGrpc;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.LeaseGrantRequest;
import io.containerstatus.etcd.wire.Wire.LeaseKeepAliveRequest;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.grpc.Deadline;
import io.grpc.Status;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/** Takes the ownership: a lease of its own, and the owner's key bound to it. */
final class Takeover {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final EtcdClient client;
    private final EtcdSettings settings;
    private final ByteString key;
    private final ByteString record;
    private final Predicate<KeyValue> replaceable;
    private final Deadline until;
    private final Deadline waiting;
    // Chosen here: so it can be ended even when it is not known whether it was granted.
    private final long lease = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private long keptAt = System.nanoTime();

    /** Creates one that replaces an owner of the same identity, and any owner if the settings say so. */
    Takeover(EtcdClient client, EtcdSettings settings, Deadline until) {
        this(client, settings, until, owner -> mayReplace(settings, owner));
    }

    /** Creates one that replaces the owners whose key passes. */
    Takeover(EtcdClient client, EtcdSettings settings, Deadline until, Predicate<KeyValue> replaceable) {
        this.client = client;
        this.settings = settings;
        this.replaceable = replaceable;
        this.until = until;
        key = settings.keys().owner();
        record = OwnerRecord.of(settings.identity(), settings.clock().instant());
        waiting = Deadline.after(settings.ownershipWait().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Returns whether who opens with these settings replaces this owner. */
    static boolean mayReplace(EtcdSettings settings, KeyValue owner) {
        return settings.seizes() || Objects.equals(settings.identity(), OwnerRecord.identityOf(owner.getValue()));
    }

    /**
     * Takes it, as soon as nobody else has it.
     *
     * @return emits it; or fails with {@link RootLockedException} when somebody else has it for longer than is waited, or
     *     with {@link EtcdCallException}. After a failure the lease is ended, so that a transaction that comes late binds
     *     no key to it
     */
    Mono<Ownership> run() {
        return grantLease().then(Mono.defer(() -> take(0))).onErrorResume(failure -> Ownership.revoke(
                        client, lease, soon())
                .then(Mono.error(failure)));
    }

    private Mono<Void> grantLease() {
        LeaseGrantRequest request = LeaseGrantRequest.newBuilder()
                .setID(lease)
                .setTTL(settings.leaseTtl().toSeconds())
                .build();
        return client.repeatedCall(LeaseGrpc.getLeaseGrantMethod(), request, until)
                .then()
                .onErrorResume(
                        EtcdCallException.class,
                        failure ->
                                failure.code() == Status.Code.FAILED_PRECONDITION ? Mono.empty() : Mono.error(failure));
    }

    /** Puts the key in place of the one of this revision; 0 for none. May be repeated: it can succeed once. */
    private Mono<Ownership> take(long replaced) {
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(Txns.unchangedSince(key, replaced))
                .addSuccess(Txns.put(key, record, lease))
                .addFailure(Txns.get(key))
                .build();
        return client.repeatedCall(KVGrpc.getTxnMethod(), request, until).flatMap(this::answered);
    }

    private Mono<Ownership> answered(TxnResponse response) {
        if (response.getSucceeded()) {
            return Mono.just(taken(response.getHeader().getRevision()));
        }
        KeyValue owner = Txns.only(response.getResponses(0).getResponseRange());
        if (owner == null) {
            return take(0); // It has gone since it was seen.
        }
        if (owner.getLease() == lease) {
            return Mono.just(taken(owner.getModRevision())); // A try whose answer was lost.
        }
        if (replaceable.test(owner)) {
            return take(owner.getModRevision());
        }
        if (waiting.isExpired()) {
            return Mono.error(new RootLockedException(settings.keys().place()));
        }
        return keepLease().then(Mono.delay(BETWEEN_LOOKS, client.worker())).then(Mono.defer(() -> take(0)));
    }

    /** The wait may be longer than the lease. */
    private Mono<Void> keepLease() {
        if (System.nanoTime() - keptAt < settings.leaseTtl().toNanos() / 3) {
            return Mono.empty();
        }
        keptAt = System.nanoTime();
        LeaseKeepAliveRequest request =
                LeaseKeepAliveRequest.newBuilder().setID(lease).build();
        return client.repeatedCall(LeaseGrpc.getLeaseKeepAliveMethod(), request, until)
                .flatMap(answer -> answer.getTTL() > 0 ? Mono.empty() : grantLease());
    }

    private Ownership taken(long revision) {
        return new Ownership(client, key, record, lease, settings.leaseTtl(), revision);
    }

    private Deadline soon() {
        return Deadline.after(settings.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }
}
