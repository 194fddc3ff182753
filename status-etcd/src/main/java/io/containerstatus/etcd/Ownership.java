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
 * The owner's key, which is bound to the lease of one opening and to no other lease. Its revision is the
 * fence. Each transaction is conditional on the fence, so no transaction of a replaced owner succeeds. To
 * raise the fence, the owner writes its own key again. After that, its own earlier transactions that are
 * still in progress cannot succeed either.
 *
 * <p>Neither the lease nor a clock proves the ownership; only a transaction does. Used on the client's
 * worker; {@link #lost} may be read on any thread.
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
    private boolean hasGoneBack;
    private final Sinks.One<String> loss = Sinks.one();
    private @Nullable Mono<Void> raising;

    /**
     * Creates the ownership after the key was put.
     *
     * @param fence the revision of that put
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

    /** Returns the reason why the ownership ended; null while it is not known to have ended. */
    @Nullable
    String lost() {
        return lost;
    }

    /** Emits the reason why the ownership ended, on the worker, as soon as the end is known. */
    Mono<String> loss() {
        return loss.asMono();
    }

    /** Returns whether this owner's key is bound to the lease of this opening. */
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

    /**
     * Evaluates the stored owner's key; null if it does not exist. The key may show that the ownership is
     * lost, or that the fence is higher.
     */
    void observe(@Nullable KeyValue owner) {
        if (owner == null) {
            lose("its lease has ended");
        } else if (!isOurs(owner)) {
            lose("another owner has taken it: " + owner.getValue().toStringUtf8());
        } else {
            fence = Math.max(fence, owner.getModRevision());
        }
    }

    /**
     * Evaluates the stored owner's key after etcd has refused a transaction because of this fence. The fence
     * only rises. So a key of this owner at this fence or at a lower one shows that etcd has gone back. Then
     * its revisions repeat and prove nothing any more, so the ownership is lost.
     */
    void refusedAt(long used, @Nullable KeyValue owner) {
        observe(owner);
        if (lost == null && owner != null && owner.getModRevision() <= used) {
            loseToAnEarlierState();
        }
    }

    /**
     * Checks that {@link #raiseAbove} has raised the fence above this one. If it has not, although the owner's
     * key is still ours, etcd has gone back, and the ownership is lost.
     */
    void requireAbove(long used) {
        if (lost == null && fence <= used) {
            loseToAnEarlierState();
        }
    }

    /** Ends the ownership, because a revision has shown that etcd has gone back. */
    void loseToAnEarlierState() {
        hasGoneBack = true;
        lose("etcd has gone back to an earlier state, as after the restoration of a backup");
    }

    /** Returns whether the ownership is lost because etcd has gone back. */
    boolean hasGoneBack() {
        return hasGoneBack;
    }

    /**
     * Makes sure that no transaction that was conditional on this fence can succeed any more: the fence is
     * then higher, or the ownership is lost. Concurrent callers share one raise. But a raise in progress may
     * have begun at a lower fence than this one, and then another raise follows.
     *
     * @return completes after that; or if the fence is not higher although the owner's key is still ours,
     *     which shows that etcd has gone back. Fails with {@link EtcdCallException} if etcd does not answer in
     *     time
     */
    Mono<Void> raiseAbove(long used, Deadline until) {
        return Mono.defer(() -> {
            if (fence > used || lost != null) {
                return Mono.empty();
            }
            if (raising != null) {
                return raising.then(raiseAbove(used, until));
            }
            Mono<Void> begun = raise(until).doOnTerminate(() -> raising = null).cache();
            raising = begun;
            return begun;
        });
    }

    /**
     * The call may be repeated, whatever its outcome was. Each attempt is conditional on the same fence, so
     * at most one attempt succeeds, and a late attempt has no effect.
     */
    private Mono<Void> raise(Deadline until) {
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(Txns.unchangedSince(key, fence))
                // Put with the lease. Otherwise the key would be detached from it and never be deleted.
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

    /**
     * Keeps the lease alive from now on, with a call in each third of its time to live, at any member that answers.
     */
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
                // A failure shows nothing. The next call may succeed, and each transaction checks the
                // ownership itself.
                .onErrorComplete()
                .then();
    }

    /**
     * Returns whether the lease has time left. If it has, but the owner's key is gone, then someone has
     * deleted the key.
     */
    Mono<Boolean> hasLease(Deadline until) {
        LeaseTimeToLiveRequest request =
                LeaseTimeToLiveRequest.newBuilder().setID(lease).build();
        return client.repeatedCall(LeaseGrpc.getLeaseTimeToLiveMethod(), request, until)
                .map(answer -> answer.getTTL() > 0);
    }

    /**
     * Stops keeping the lease alive and revokes it, which deletes the key. If etcd does not answer, the lease
     * ends by itself.
     */
    Mono<Void> release(Deadline until) {
        return Mono.defer(() -> {
            keepingAlive.dispose();
            return revoke(client, lease, until);
        });
    }

    /** Revokes the lease if etcd answers in time. Never fails. */
    static Mono<Void> revoke(EtcdClient client, long lease, Deadline until) {
        LeaseRevokeRequest request =
                LeaseRevokeRequest.newBuilder().setID(lease).build();
        Mono<LeaseRevokeResponse> revocation = client.repeatedCall(LeaseGrpc.getLeaseRevokeMethod(), request, until);
        return revocation.then().onErrorComplete();
    }
}
