package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.grpc.Deadline;
import java.time.Instant;
import reactor.core.publisher.Mono;

/**
 * Takes the ownership of a node away from its owner. One transaction deletes the owner's key and changes the
 * fencing key, on the condition that the fencing key is still the same as at the beginning. So the
 * transaction may be repeated, whatever its outcome was: it takes effect once, and does not affect an owner
 * that takes the node after that.
 */
final class Fencing {
    private final EtcdClient client;
    private final Keys keys;
    private final Deadline until;
    private final ByteString note;

    /** Creates a fencing. {@code now} is the human-readable value of the fencing key. */
    Fencing(EtcdClient client, Keys keys, Deadline until, Instant now) {
        this.client = client;
        this.keys = keys;
        this.until = until;
        note = ByteString.copyFromUtf8(now.toString());
    }

    /** Performs the fencing. Subscribe on the client's worker. */
    Mono<Void> run() {
        return client.repeatedCall(KVGrpc.getRangeMethod(), Txns.read(keys.fence()), until)
                .onErrorMap(EtcdCallException.class, this::unread)
                .flatMap(read -> {
                    KeyValue before = Txns.only(read);
                    return fence(before == null ? 0 : before.getModRevision());
                });
    }

    /**
     * If the condition does not hold, the node was fenced in the meantime, by an earlier attempt or by
     * someone else.
     */
    private Mono<Void> fence(long before) {
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(Txns.unchangedSince(keys.fence(), before))
                .addSuccess(Txns.delete(keys.owner()))
                .addSuccess(Txns.put(keys.fence(), note, 0))
                .build();
        return client.repeatedCall(KVGrpc.getTxnMethod(), request, until)
                .then()
                .onErrorMap(EtcdCallException.class, this::failed);
    }

    private StatusException unread(EtcdCallException failure) {
        return new UnreadableStatusException(
                keys.location(), "its owner was not fenced: " + failure.getMessage(), failure);
    }

    private StatusException failed(EtcdCallException failure) {
        String owner = "the owner of " + keys.location();
        return failure.effect() == Effect.NONE && !failure.mayPass()
                ? new NotWrittenException(keys.node(), owner + " was not fenced: " + failure.getMessage(), failure)
                : new IndeterminateWriteException(
                        keys.node(), owner + " may have been fenced: " + failure.getMessage(), failure);
    }
}
