package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.etcd.wire.Wire.RequestOp;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The statuses, or the deletions, of several containers of one node, for one transaction that only their owner can do. */
final class StatusBatch {
    private final Keys keys;
    private final Limits limits;
    /** The containers, each with the status that is put; null for a deletion. */
    private final Map<String, @Nullable Status> content = new LinkedHashMap<>();

    private final List<RequestOp> operations = new ArrayList<>();
    private int bytes;

    /**
     * How large a transaction may be. etcd takes 128 operations and 1.5 MiB, unless it was started with lower limits: then
     * it refuses, and these become lower, too.
     */
    record Limits(int operations, int bytes) {
        static final Limits OF_ETCD = new Limits(120, 1 << 20);
    }

    StatusBatch(Keys keys, Limits limits) {
        this.keys = keys;
        this.limits = limits;
    }

    /** Adds a status, if there is room for it; for the first one there is always. */
    boolean put(String id, Status status) {
        ByteString document = UnsafeByteOperations.unsafeWrap(StatusCodec.encode(status)); // Nobody else has the array.
        return add(id, status, Txns.put(keys.status(id), document, 0));
    }

    /** Adds a deletion; ask {@link #hasRoom} before. */
    void delete(String id) {
        add(id, null, Txns.delete(keys.status(id)));
    }

    private boolean add(String id, @Nullable Status status, RequestOp operation) {
        int size = operation.getSerializedSize();
        if (!operations.isEmpty() && (!hasRoom() || bytes + size > limits.bytes())) {
            return false;
        }
        bytes += size;
        operations.add(operation);
        content.put(id, status);
        return true;
    }

    boolean hasRoom() {
        return operations.size() < limits.operations() && bytes < limits.bytes();
    }

    boolean isEmpty() {
        return operations.isEmpty();
    }

    int size() {
        return operations.size();
    }

    Map<String, @Nullable Status> content() {
        return content;
    }

    /** Returns limits that fit a half of this, which was refused for its size in bytes. */
    Limits halfTheBytes() {
        return new Limits(limits.operations(), Math.max(1, bytes / 2));
    }

    /** Returns limits that fit a half of this, which was refused for its number of operations. */
    Limits halfTheOperations() {
        return new Limits(Math.max(1, operations.size() / 2), limits.bytes());
    }

    /**
     * Returns the transaction: it is done if the owner's key still has this revision. A key's own revision is not asked
     * for: there is one transaction at a time, and none is sent before it is certain that the one before has no effect
     * any more.
     */
    TxnRequest transaction(long fence) {
        return TxnRequest.newBuilder()
                .addCompare(Txns.unchangedSince(keys.owner(), fence))
                .addAllSuccess(operations)
                .addFailure(Txns.get(keys.owner()))
                .build();
    }
}
