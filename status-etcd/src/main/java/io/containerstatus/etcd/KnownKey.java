package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.StatusCodec;
import io.containerstatus.UnsupportedVersionException;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import org.jspecify.annotations.Nullable;

/** The knowledge about the key of one container's status. Used on the client's worker. */
final class KnownKey {
    /** The revision of the last change of the key; 0 if the key does not exist. */
    long revision;

    /**
     * The revision of the status that the caller considers stored: the status was found at the opening, its
     * change has completed, or a failure has reported it.
     */
    long reported;

    /** The stored value if it is not a status; null if it is one, or if nothing is stored. */
    @Nullable
    ByteString unreadable;

    /** The fence of a transaction whose effect is open; 0 if there is no such transaction. */
    long openSince;

    /** Whether the effect of a transaction is decided, but was not read yet. */
    boolean toBeRead;

    boolean isSettled() {
        return openSince == 0 && !toBeRead;
    }

    /** Notes what is stored; null if nothing is stored. */
    void found(@Nullable KeyValue stored) {
        revision = stored == null ? 0 : stored.getModRevision();
        unreadable = stored == null || isStatus(stored.getValue()) ? null : stored.getValue();
        openSince = 0;
        toBeRead = false;
    }

    /** Notes that a change of the caller is durable. */
    void changed(long newRevision) {
        revision = newRevision;
        reported = newRevision;
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
