package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.etcd.wire.Wire.RequestOp;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.reactive.StatusStorage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The statuses, or the deletions, of several containers of one node, for one transaction that only the node's
 * owner can perform.
 */
final class StatusBatch {
    private final Keys keys;
    private final Limits limits;
    private final Map<String, @Nullable Put> content = new LinkedHashMap<>();

    private final List<RequestOp> operations = new ArrayList<>();
    private int bytes;

    /**
     * A status to put.
     *
     * @param container the container of the store that has the status
     */
    record Put(StatusStorage container, Status status) {}

    /**
     * The largest size of a transaction. etcd accepts 128 operations and 1.5 MiB, unless it was started with
     * lower limits. In that case it refuses a transaction, and these limits are lowered, too.
     */
    record Limits(int operations, int bytes) {
        static final Limits OF_ETCD = new Limits(120, 1 << 20);
    }

    StatusBatch(Keys keys, Limits limits) {
        this.keys = keys;
        this.limits = limits;
    }

    /** Adds a status if it fits. The first status always fits. Returns false if it does not fit. */
    boolean put(StatusStorage container, Status status) {
        // No other code has the array.
        ByteString document = UnsafeByteOperations.unsafeWrap(StatusCodec.encode(status));
        String id = container.id();
        return add(id, new Put(container, status), Txns.put(keys.status(id), document, 0));
    }

    /** Adds a deletion. Call {@link #hasRoom} first. */
    void delete(String id) {
        add(id, null, Txns.delete(keys.status(id)));
    }

    private boolean add(String id, @Nullable Put put, RequestOp operation) {
        int size = operation.getSerializedSize();
        if (!operations.isEmpty() && (!hasRoom() || bytes + size > limits.bytes())) {
            return false;
        }
        bytes += size;
        operations.add(operation);
        content.put(id, put);
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

    /** Returns the containers, each with the status to put; null for a deletion. */
    Map<String, @Nullable Put> content() {
        return content;
    }

    /** Returns limits for half of this batch, which was refused for its size in bytes. */
    Limits halfTheBytes() {
        return new Limits(limits.operations(), Math.max(1, bytes / 2));
    }

    /** Returns limits for half of this batch, which was refused for its number of operations. */
    Limits halfTheOperations() {
        return new Limits(Math.max(1, operations.size() / 2), limits.bytes());
    }

    /**
     * Returns the transaction. It takes effect only if the owner's key still has this revision. The revisions
     * of the status keys are not checked, because only one transaction is in progress at a time. The next one
     * is sent only when the previous one can no longer take effect.
     */
    TxnRequest transaction(long fence) {
        return TxnRequest.newBuilder()
                .addCompare(Txns.unchangedSince(keys.owner(), fence))
                .addAllSuccess(operations)
                .addFailure(Txns.get(keys.owner()))
                .build();
    }
}
