package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.LeaseGrpc;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.LeaseKeepAliveRequest;
import io.containerstatus.etcd.wire.Wire.LeaseRevokeRequest;
import io.containerstatus.etcd.wire.Wire.LeaseRevokeResponse;
import io.containerstatus.etcd.wire.Wire.LeaseTimeToLiveRequest;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The owner's key, which is bound to the lease of one opening and to no other one. Its revision is the fence: each
 * transaction asks for it, so that none of an owner that was replaced succeeds. To raise the fence, the owner writes its
 * own key once more; from then on none of its own transactions that are still under way succeeds either.
 *
 * <p>Neither the lease nor a clock proves the ownership, the transaction does. Used on the client's worker; {@link
 * #lost} may be read on any thread.
 */
final class Ownership {
    private final EtcdClient client;
    private final ByteString key;
    private final ByteString record;
    private final long lease;
    private final Duration leaseTtl;
    private final Disposable.Swap keepingAlive = Disposables.swap();
    private long fence;
    private volatile @Nullable String lost;
    private final Sinks.One<String> loss = Sinks.one();
    private @Nullable Mono<Void> raising;

    /**
     * Creates it once the key was put.
     *
     * @param fence the revision of that
     */
    Ownership(EtcdClient client, ByteString key, ByteString record, long lease, Duration leaseTtl, long fence) {
        this.client = client;
        this.key = key;
        this.record = record;
        this.lease = lease;
        this.leaseTtl = leaseTtl;
        this.fence = fence;
    }

    long fence() {
        return fence;
    }

    /** Returns how the ownership ended; null as long as nothing else is known. */
    @Nullable
    String lost() {
        return lost;
    }

    /** Emits how the ownership ended, on the worker, as soon as that is known. */
    Mono<String> loss() {
        return loss.asMono();
    }

    /** Returns whether this is the owner's key as it was put here, with the lease of this opening. */
    boolean isOurs(KeyValue owner) {
        return owner.getLease() == lease;
    }

    private void lose(String reason) {
        if (lost == null) {
            lost = reason;
            keepingAlive.dispose();
            loss.tryEmitValue(reason);
        }
    }

    /** Takes in the owner's key as it is stored, null for none: the ownership may be lost, or the fence be higher. */
    void observe(@Nullable KeyValue owner) {
        if (owner == null) {
            lose("its lease has ended");
        } else if (!isOurs(owner)) {
            lose("another one has taken it: " + owner.getValue().toStringUtf8());
        } else {
            fence = Math.max(fence, owner.getModRevision());
        }
    }

    /**
     * Makes sure that no transaction that asked for this fence can succeed any more: the fence is higher, or the ownership
     * lost. All that need it share one raising.
     *
     * @return completes then; or fails with {@link EtcdCallException} when etcd cannot be asked in time
     */
    Mono<Void> raiseAbove(long used, Deadline until) {
        return Mono.defer(() -> {
            if (fence > used || lost != null) {
                return Mono.empty();
            }
            if (raising == null) {
                raising = raise(until).doFinally(end -> raising = null).cache();
            }
            return raising;
        });
    }

    /**
     * May be repeated whatever became of it: each try asks for the same fence, so that one succeeds at most, and one that
     * comes too late does nothing.
     */
    private Mono<Void> raise(Deadline until) {
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(Txns.unchangedSince(key, fence))
                // With the lease: without it, the key would be taken from it, and stay for ever.
                .addSuccess(Txns.put(key, record, lease))
                .addFailure(Txns.get(key))
                .build();
        return client.repeatedCall(KVGrpc.getTxnMethod(), request, until)
                .doOnNext(this::raised)
                .then();
    }

    private void raised(TxnResponse response) {
        if (response.getSucceeded()) {
            fence = response.getHeader().getRevision();
        } else {
            observe(Txns.only(response.getResponses(0).getResponseRange()));
        }
    }

    /** Keeps the lease alive from now on: a call each third of its time to live, at whatever member answers. */
    void keepAlive() {
        Duration pause = leaseTtl.dividedBy(3);
        keepingAlive.update(Flux.interval(pause, client.worker())
                .onBackpressureDrop()
                .concatMap(tick -> keepAliveOnce(pause), 1)
                .subscribe());
    }

    private Mono<Void> keepAliveOnce(Duration within) {
        LeaseKeepAliveRequest request =
                LeaseKeepAliveRequest.newBuilder().setID(lease).build();
        Deadline until = Deadline.after(within.toNanos(), TimeUnit.NANOSECONDS);
        return client.repeatedCall(LeaseGrpc.getLeaseKeepAliveMethod(), request, until)
                .doOnNext(answer -> {
                    if (answer.getTTL() <= 0) {
                        lose("its lease has ended");
                    }
                })
                // Nothing is known then: the next one may come through, and each transaction finds out for itself.
                .onErrorComplete()
                .then();
    }

    /** Returns whether the lease has time left. A key that has gone without its lease was deleted by somebody. */
    Mono<Boolean> hasLease(Deadline until) {
        LeaseTimeToLiveRequest request =
                LeaseTimeToLiveRequest.newBuilder().setID(lease).build();
        return client.repeatedCall(LeaseGrpc.getLeaseTimeToLiveMethod(), request, until)
                .map(answer -> answer.getTTL() > 0);
    }

    /** Stops keeping the lease alive, and ends it: the key goes with it. If etcd cannot be asked, it ends by itself. */
    Mono<Void> release(Deadline until) {
        return Mono.defer(() -> {
            keepingAlive.dispose();
            return revoke(client, lease, until);
        });
    }

    /** Ends the lease as far as etcd can be asked in time. */
    static Mono<Void> revoke(EtcdClient client, long lease, Deadline until) {
        LeaseRevokeRequest request =
                LeaseRevokeRequest.newBuilder().setID(lease).build();
        Mono<LeaseRevokeResponse> revocation = client.repeatedCall(LeaseGrpc.getLeaseRevokeMethod(), request, until);
        return revocation.then().onErrorComplete();
    }
}
