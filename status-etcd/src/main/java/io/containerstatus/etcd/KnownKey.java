package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.StatusCodec;
import io.containerstatus.UnsupportedVersionException;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import org.jspecify.annotations.Nullable;

/** What is known of the key of one container's status. Used on the client's worker. */
final class KnownKey {
    /** The revision of the last change of the key; 0 if it is not there. */
    long revision;

    /** The revision that the caller takes for what stands: of the last change that completed, or was found. */
    long told;

    /** What is stored and is no status; null if it is one, or nothing is stored. */
    @Nullable
    ByteString unreadable;

    /** The fence that a transaction asked for whose effect is open; 0 if there is no such transaction. */
    long openSince;

    /** Whether a transaction had its effect or not, and nobody has read it yet. */
    boolean toBeRead;

    boolean isSettled() {
        return openSince == 0 && !toBeRead;
    }

    /** Takes in what is stored, null for nothing. */
    void found(@Nullable KeyValue stored) {
        revision = stored == null ? 0 : stored.getModRevision();
        unreadable = stored == null || isStatus(stored.getValue()) ? null : stored.getValue();
        openSince = 0;
        toBeRead = false;
    }

    /** Takes in a change of the caller's that is durable. */
    void changed(long newRevision) {
        revision = newRevision;
        told = newRevision;
        unreadable = null;
        openSince = 0;
        toBeRead = false;
    }

    private static boolean isStatus(ByteString value) {
        try {
            StatusCodec.decode(value.toByteArray());
            return true;
        } catch (CorruptStatusException | UnsupportedVersionException e) {
            return false;
        }
    }
}
