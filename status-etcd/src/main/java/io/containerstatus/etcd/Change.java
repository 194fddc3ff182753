package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.AlreadyExistsException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.StatusException;
import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.grpc.Deadline;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One creation, write or deletion in progress. It sends transactions, one after the other. It ends when it is
 * known that a transaction has taken effect, or that no transaction has taken effect or will take effect, or
 * when the time is over. Each transaction is conditional on the fence and on the known revision of the key.
 * The next transaction is sent only when the previous one can no longer take effect. A read alone cannot show
 * that, because the previous transaction may still be on its way. So the fence is raised first.
 */
final class Change {
    private final EtcdClient client;
    private final Ownership ownership;
    private final Keys keys;
    private final String id;
    private final KnownKey key;
    private final @Nullable ByteString value;
    private final boolean creates;
    private final String keptAsideAt;
    private final Deadline until;
    private @Nullable EtcdCallException lastFailure;
    private boolean wasTried;

    /**
     * Creates the change. Sends nothing yet.
     *
     * @param value the value to store; null to delete
     * @param creates whether the change fails if a status exists
     * @param keptAsideAt the time in the name of the key under which an undecodable value is kept
     */
    Change(
            EtcdClient client,
            Ownership ownership,
            Keys keys,
            String id,
            KnownKey key,
            @Nullable ByteString value,
            boolean creates,
            String keptAsideAt,
            Deadline until) {
        this.client = client;
        this.ownership = ownership;
        this.keys = keys;
        this.id = id;
        this.key = key;
        this.value = value;
        this.creates = creates;
        this.keptAsideAt = keptAsideAt;
        this.until = until;
    }

    /** Performs the change. Subscribe once, on the client's worker. */
    Mono<Void> run() {
        return Mono.defer(() -> Guarded.get(this::step))
                .repeatWhenEmpty(steps -> steps)
                .then();
    }

    /**
     * Emits true if the change is done, or nothing if the next step has to run; or fails as the change does.
     */
    private Mono<Boolean> step() {
        if (!key.isSettled()) {
            return settle();
        }
        if (ownership.lost() != null) {
            return Mono.error(failure("the ownership is lost", null));
        }
        if (until.isExpired()) {
            return Mono.error(failure("etcd did not accept it in time", lastFailure));
        }
        if (creates && key.revision != 0 && key.revision == key.reported && key.unreadable == null) {
            return Mono.error(new AlreadyExistsException(id));
        }
        long fence = ownership.fence();
        wasTried = true;
        return client.call(KVGrpc.getTxnMethod(), transaction(fence), until)
                .flatMap(answer -> answered(answer, fence))
                .onErrorResume(EtcdCallException.class, failure -> failed(failure, fence));
    }

    private TxnRequest transaction(long fence) {
        ByteString statusKey = keys.status(id);
        TxnRequest.Builder txn = TxnRequest.newBuilder()
                .addCompare(Txns.unchangedSince(keys.owner(), fence))
                .addCompare(Txns.unchangedSince(statusKey, key.revision))
                .addFailure(Txns.get(statusKey))
                .addFailure(Txns.get(keys.owner()));
        ByteString keptAside = keys.keptAside(id);
        if (value == null) {
            txn.addSuccess(Txns.delete(statusKey)).addSuccess(Txns.delete(keptAside, Keys.endOf(keptAside)));
        } else {
            txn.addSuccess(Txns.put(statusKey, value, 0));
            if (key.unreadable != null) {
                ByteString name = keptAside.concat(ByteString.copyFromUtf8(keptAsideAt));
                txn.addSuccess(Txns.put(name, key.unreadable, 0));
            }
        }
        return txn.build();
    }

    private Mono<Boolean> answered(TxnResponse response, long fence) {
        if (response.getSucceeded()) {
            key.changed(value == null ? 0 : response.getHeader().getRevision());
            return Mono.just(true);
        }
        KeyValue stored = Txns.only(response.getResponses(0).getResponseRange());
        KeyValue owner = Txns.only(response.getResponses(1).getResponseRange());
        boolean changedByAnother = revisionOf(stored) != key.revision;
        if (changedByAnother && revisionOf(owner) == fence) {
            ownership.observe(owner); // The fence was not the reason of the refusal.
            requireNotEarlier(stored);
        } else {
            ownership.refusedAt(fence, owner);
        }
        if (changedByAnother && ownership.lost() == null) {
            return Mono.error(changedByAnother(stored));
        }
        return Mono.empty(); // The fence was raised meanwhile, or the ownership is lost. The next step handles both.
    }

    /** Checks that what is stored is not older than what is known. The revision of a key only rises. */
    private void requireNotEarlier(@Nullable KeyValue stored) {
        if (stored != null && stored.getModRevision() < key.revision) {
            ownership.loseToAnEarlierState();
        }
    }

    private Mono<Boolean> failed(EtcdCallException failure, long fence) {
        lastFailure = failure;
        switch (failure.effect()) {
            case OPEN -> key.openSince = fence;
            case DECIDED -> key.toBeRead = true;
            case NONE -> {
                if (!failure.mayPass()) {
                    return Mono.error(failure(failure.isAnswer() ? "etcd refuses it" : "it was not sent", failure));
                }
                return client.afterwards(failure).then(Mono.empty());
            }
        }
        return Mono.empty();
    }

    /** Finds out the outcome of a transaction, of this change or of an earlier one. */
    private Mono<Boolean> settle() {
        long openSince = key.openSince;
        Mono<Void> ended = openSince == 0
                ? Mono.empty()
                : ownership
                        .raiseAbove(openSince, until)
                        .then(Mono.fromRunnable(() -> ownership.requireAbove(openSince)));
        return ended.then(Mono.defer(this::read)).onErrorResume(EtcdCallException.class, this::notSettled);
    }

    private Mono<Boolean> read() {
        if (ownership.hasGoneBack()) {
            return unknown();
        }
        return client.repeatedCall(KVGrpc.getRangeMethod(), Txns.read(keys.status(id)), until)
                .flatMap(read -> settled(Txns.only(read)));
    }

    /** What is stored in an earlier state of etcd does not show what the transaction has done. */
    private Mono<Boolean> unknown() {
        return Mono.error(failure("it is unknown whether etcd has stored it", null));
    }

    private Mono<Boolean> notSettled(EtcdCallException failure) {
        if (failure.mayPass() && !until.isExpired()) {
            // Another change was raising the fence for both, and the time of that change was over.
            return Mono.empty();
        }
        return Mono.error(
                failure("it is unknown whether etcd has stored it, and the outcome could not be read", failure));
    }

    private Mono<Boolean> settled(@Nullable KeyValue stored) {
        requireNotEarlier(stored);
        if (ownership.hasGoneBack()) {
            return unknown();
        }
        if (revisionOf(stored) == key.revision) {
            boolean refused = key.toBeRead;
            key.found(stored);
            EtcdCallException last = lastFailure;
            return refused && last != null && !last.mayPass()
                    ? Mono.error(failure("etcd refuses it", last))
                    : Mono.empty();
        }
        if (wasTried && isDone(stored)) {
            key.changed(revisionOf(stored));
            return Mono.just(true);
        }
        if (wasTried && ownership.lost() == null) {
            return Mono.error(changedByAnother(stored));
        }
        // An earlier change or another owner has stored this value. The caller does not know of it.
        key.found(stored);
        return Mono.empty();
    }

    /**
     * Returns whether the key holds what this change stores. Once the ownership is lost, an absent key does not
     * prove a deletion by this change: the next owner may have deleted the key.
     */
    private boolean isDone(@Nullable KeyValue stored) {
        return stored == null
                ? value == null && ownership.lost() == null
                : stored.getValue().equals(value);
    }

    private StatusException changedByAnother(@Nullable KeyValue stored) {
        boolean certain = isAsReported();
        key.found(stored);
        key.reported = key.revision; // The next change replaces it.
        if (creates && certain && stored != null && key.unreadable == null) {
            return new AlreadyExistsException(id);
        }
        String reason = "a program that is not the owner has changed it at revision " + key.revision;
        return certain ? new NotWrittenException(id, reason, null) : new IndeterminateWriteException(id, reason, null);
    }

    /**
     * Returns whether the key, when it was last known, certainly still held the status that the caller
     * considers stored.
     */
    private boolean isAsReported() {
        return key.isSettled() && key.revision == key.reported;
    }

    private StatusException failure(String what, @Nullable EtcdCallException cause) {
        String reason = cause == null ? what : what + ": " + cause.getMessage();
        String lost = ownership.lost();
        StatusException certain = lost != null
                ? new OwnershipLostException(id, keys.location(), lost)
                : new NotWrittenException(id, reason, cause);
        return isAsReported() ? certain : new IndeterminateWriteException(id, reason, lost != null ? certain : cause);
    }

    private static long revisionOf(@Nullable KeyValue stored) {
        return stored == null ? 0 : stored.getModRevision();
    }
}
