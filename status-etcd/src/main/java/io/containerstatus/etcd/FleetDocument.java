package io.containerstatus.etcd;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.UnsupportedVersionException;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is stored for a container at one revision, or was when it was deleted. Its bytes are kept, which are smaller than what
 * is read from them; a subscriber reads them when it is told. Immutable.
 */
final class FleetDocument {
    private static final long NOT_HEARD = Long.MIN_VALUE;

    private final byte[] bytes;
    private final long revision;
    private final long createRevision;
    private final long version;
    private final long heardAt;
    private final boolean deleted;

    /** What a document says: a status, or why it says none. */
    record Content(@Nullable Status status, @Nullable StatusException failure) {
        /** Returns whether a subscriber learns nothing new from the other one. */
        boolean saysTheSameAs(Content other) {
            return status != null
                    ? status.equals(other.status)
                    : other.status == null && String.valueOf(failure).equals(String.valueOf(other.failure));
        }
    }

    private FleetDocument(
            byte[] bytes, long revision, long createRevision, long version, long heardAt, boolean deleted) {
        this.bytes = bytes;
        this.revision = revision;
        this.createRevision = createRevision;
        this.version = version;
        this.heardAt = heardAt;
        this.deleted = deleted;
    }

    /** Returns what a snapshot has shown. */
    static FleetDocument found(KeyValue stored) {
        return heard(stored, NOT_HEARD);
    }

    /** Returns what an event tells that came at this {@code nanoTime}. */
    static FleetDocument heard(KeyValue stored, long heardAt) {
        return new FleetDocument(
                stored.getValue().toByteArray(),
                stored.getModRevision(),
                stored.getCreateRevision(),
                stored.getVersion(),
                heardAt,
                /* deleted= */ false);
    }

    /** Returns what is left of this one after its deletion. */
    FleetDocument deleted(long at, long deletionHeardAt) {
        return new FleetDocument(bytes, at, createRevision, version, deletionHeardAt, /* deleted= */ true);
    }

    /** Returns the same, where a snapshot has shown it. */
    FleetDocument foundDeleted(long at) {
        return deleted(at, NOT_HEARD);
    }

    /** Returns when the event came, in {@code nanoTime}; null if a snapshot has shown this. */
    @Nullable
    Long heardAt() {
        return heardAt == NOT_HEARD ? null : heardAt;
    }

    long revision() {
        return revision;
    }

    long createRevision() {
        return createRevision;
    }

    long version() {
        return version;
    }

    boolean isDeleted() {
        return deleted;
    }

    boolean isSameAs(FleetDocument other) {
        return revision == other.revision && version == other.version && hasSameBytesAs(other);
    }

    boolean hasSameBytesAs(FleetDocument other) {
        return Arrays.equals(bytes, other.bytes);
    }

    /** Reads it; {@code location} is for the message of a failure. */
    Content read(String location) {
        try {
            return new Content(StatusCodec.decode(bytes), null);
        } catch (CorruptStatusException e) {
            return new Content(null, e.at(location));
        } catch (UnsupportedVersionException e) {
            return new Content(null, e.at(location));
        }
    }
}
