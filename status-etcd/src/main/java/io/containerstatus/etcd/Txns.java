package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.etcd.wire.Wire.Compare;
import io.containerstatus.etcd.wire.Wire.DeleteRangeRequest;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.PutRequest;
import io.containerstatus.etcd.wire.Wire.RangeRequest;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.RequestOp;
import org.jspecify.annotations.Nullable;

/** Creates the parts of etcd's transactions. */
final class Txns {
    private Txns() {}

    /**
     * Returns the condition that the key was last changed at this revision. Revision 0 means that the key
     * does not exist.
     */
    static Compare unchangedSince(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.EQUAL)
                .setModRevision(revision)
                .build();
    }

    /** Returns a put of a key. Lease 0 detaches the key from its lease. */
    static RequestOp put(ByteString key, ByteString value, long lease) {
        PutRequest put = PutRequest.newBuilder()
                .setKey(key)
                .setValue(value)
                .setLease(lease)
                .build();
        return RequestOp.newBuilder().setRequestPut(put).build();
    }

    static RequestOp get(ByteString key) {
        return RequestOp.newBuilder().setRequestRange(read(key)).build();
    }

    static RequestOp delete(ByteString key) {
        return delete(key, ByteString.EMPTY);
    }

    static RequestOp delete(ByteString key, ByteString end) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(
                        DeleteRangeRequest.newBuilder().setKey(key).setRangeEnd(end))
                .build();
    }

    /** Returns a linearizable read: it sees every write that was acknowledged before. */
    static RangeRequest read(ByteString key) {
        return RangeRequest.newBuilder().setKey(key).build();
    }

    static @Nullable KeyValue only(RangeResponse response) {
        return response.getKvsCount() == 0 ? null : response.getKvs(0);
    }
}
