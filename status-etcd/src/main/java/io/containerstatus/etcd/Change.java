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
 * One creation, write or deletion under way: one transaction after the other, until it is known that one has done it, or
 * that none has and none will, or the time is over. A transaction asks for the fence, and for the revision of the key
 * that is known. The next one is sent only when the one before cannot have an effect any more: reading alone would not
 * tell, since it may still be under way. So the fence is raised first.
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
     * Creates one; nothing is sent yet.
     *
     * @param value what to store; null to delete
     * @param creates whether a status that is there stands in the way
     * @param keptAsideAt the time by which bytes are named that are kept aside
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

    /** Does it. Subscribe to it once, on the client's worker. */
    Mono<Void> run() {
        return Mono.defer(this::step).repeatWhenEmpty(steps -> steps).then();
    }

    /** Returns true when it is done, nothing to have the next step made, or how it failed. */
    private Mono<Boolean> step() {
        if (!key.isSettled()) {
            return settle();
        }
        if (ownership.lost() != null) {
            return Mono.error(failure("the ownership is lost", null));
        }
        if (until.isExpired()) {
            return Mono.error(failure("etcd has not taken it in time", lastFailure));
        }
        if (creates && key.revision != 0 && key.revision == key.told && key.unreadable == null) {
            return Mono.error(new AlreadyExistsException(id));
        }
        long fence = ownership.fence();
        wasTried = true;
        return client.call(KVGrpc.getTxnMethod(), transaction(fence), until)
                .flatMap(this::answered)
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

    private Mono<Boolean> answered(TxnResponse response) {
        if (response.getSucceeded()) {
            key.changed(value == null ? 0 : response.getHeader().getRevision());
            return Mono.just(true);
        }
        KeyValue stored = Txns.only(response.getResponses(0).getResponseRange());
        ownership.observe(Txns.only(response.getResponses(1).getResponseRange()));
        boolean changedByAnother = revisionOf(stored) != key.revision;
        if (changedByAnother && ownership.lost() == null) {
            return Mono.error(changedByAnother(stored));
        }
        return Mono.empty(); // The fence was raised meanwhile, or the ownership is lost: the next step finds out.
    }

    private Mono<Boolean> failed(EtcdCallException failure, long fence) {
        lastFailure = failure;
        switch (failure.effect()) {
            case OPEN -> key.openSince = fence;
            case DECIDED -> key.toBeRead = true;
            case NONE -> {
                if (!failure.mayPass()) {
                    return Mono.error(failure("etcd refuses it", failure));
                }
                return client.afterwards(failure).then(Mono.empty());
            }
        }
        return Mono.empty();
    }

    /** Finds out what became of the transaction whose effect is not known, be it of this change or of an earlier one. */
    private Mono<Boolean> settle() {
        long openSince = key.openSince;
        Mono<Void> ended = openSince == 0 ? Mono.empty() : ownership.raiseAbove(openSince, until);
        return ended.then(client.repeatedCall(KVGrpc.getRangeMethod(), Txns.read(keys.status(id)), until))
                .flatMap(read -> settled(Txns.only(read)))
                .onErrorResume(EtcdCallException.class, this::notSettled);
    }

    private Mono<Boolean> notSettled(EtcdCallException failure) {
        if (failure.mayPass() && !until.isExpired()) {
            return Mono.empty(); // It was the time of another change that was over, which raised the fence for both.
        }
        return Mono.error(failure("it is not known whether etcd has taken it, and could not be found out", failure));
    }

    private Mono<Boolean> settled(@Nullable KeyValue stored) {
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
        key.found(
                stored); // What an earlier change has left, or another owner has written: not what the caller knows of.
        return Mono.empty();
    }

    private boolean isDone(@Nullable KeyValue stored) {
        return stored == null ? value == null : stored.getValue().equals(value);
    }

    private StatusException changedByAnother(@Nullable KeyValue stored) {
        boolean certain = stands();
        key.found(stored);
        key.told = key.revision; // The next change replaces it.
        if (creates && certain && stored != null && key.unreadable == null) {
            return new AlreadyExistsException(id);
        }
        String reason = "another program, which is not the owner, has changed it at revision " + key.revision;
        return certain ? new NotWrittenException(id, reason, null) : new IndeterminateWriteException(id, reason, null);
    }

    /** Returns whether what the caller takes for stored was still stored when this was known last, for certain. */
    private boolean stands() {
        return key.isSettled() && key.revision == key.told;
    }

    private StatusException failure(String what, @Nullable EtcdCallException cause) {
        String reason = cause == null ? what : what + ": " + cause.getMessage();
        String lost = ownership.lost();
        StatusException certain = lost != null
                ? new OwnershipLostException(id, keys.place(), lost)
                : new NotWrittenException(id, reason, cause);
        return stands() ? certain : new IndeterminateWriteException(id, reason, lost != null ? certain : cause);
    }

    private static long revisionOf(@Nullable KeyValue stored) {
        return stored == null ? 0 : stored.getModRevision();
    }
}
