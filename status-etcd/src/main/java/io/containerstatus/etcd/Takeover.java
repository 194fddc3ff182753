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

/**
 * Takes the ownership: grants a lease, and puts the owner's key, which is bound to that lease. A takeover
 * that fails may have taken the ownership nevertheless, or may take it later. So it is followed by another
 * takeover with the same lease, which recognises such a key as its own; or the lease is revoked, which
 * deletes the key, too.
 */
final class Takeover {
    private static final Duration BETWEEN_CHECKS = Duration.ofMillis(200);

    private final EtcdClient client;
    private final EtcdSettings settings;
    private final ByteString key;
    private final ByteString record;
    private final Predicate<KeyValue> replaceable;
    private final Deadline until;
    private final Deadline waiting;
    private final long lease;
    private long keptAt = System.nanoTime();
    /** The revision of the key that the next attempt replaces; 0 if no key exists. */
    private long replaced;

    /** Creates a takeover with this lease. It replaces an owner whose key passes the test. */
    Takeover(EtcdClient client, EtcdSettings settings, Deadline until, long lease, Predicate<KeyValue> replaceable) {
        this.client = client;
        this.settings = settings;
        this.until = until;
        this.lease = lease;
        this.replaceable = replaceable;
        key = settings.keys().owner();
        record = OwnerRecord.of(settings.identity(), settings.clock().instant());
        waiting = Deadline.after(settings.ownershipWait().toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Chooses the id of a lease. The client chooses it instead of etcd, so that the lease can be revoked even
     * if it is unknown whether it was granted.
     */
    static long newLease() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    }

    /**
     * Returns whether an owner with these settings replaces the present one: if both have the same identity,
     * or in any case if the settings say so.
     */
    static boolean mayReplace(EtcdSettings settings, KeyValue owner) {
        return settings.seizes() || Objects.equals(settings.identity(), OwnerRecord.identityOf(owner.getValue()));
    }

    /**
     * Takes the ownership, as soon as no other owner has it. Subscribe once.
     *
     * @return emits the ownership. Fails with {@link RootLockedException} if another owner keeps it for
     *     longer than the wait in the settings; or with {@link EtcdCallException}
     */
    Mono<Ownership> run() {
        return grantLease().then(Mono.defer(this::take).repeatWhenEmpty(attempts -> attempts));
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

    /**
     * Puts the owner's key in place of the key to replace. May be repeated, because it can succeed only once.
     * Emits the ownership, or nothing if the next attempt has to be made.
     */
    private Mono<Ownership> take() {
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
            replaced = 0; // The owner's key was deleted in the meantime.
            return Mono.empty();
        }
        if (owner.getLease() == lease) {
            return Mono.just(taken(owner.getModRevision())); // The answer of an earlier attempt was lost.
        }
        if (replaceable.test(owner)) {
            replaced = owner.getModRevision();
            return Mono.empty();
        }
        if (waiting.isExpired()) {
            return Mono.error(new RootLockedException(settings.keys().location()));
        }
        replaced = 0;
        return keepLease().then(Mono.delay(BETWEEN_CHECKS, client.worker())).then(Mono.empty());
    }

    /** Keeps the lease alive, because the wait may be longer than its time to live. */
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
}
