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
 * The stored value of a container at one revision, or at its deletion. It holds the bytes, which are smaller
 * than the decoded status. A subscriber decodes them when it emits the status. Immutable.
 */
final class FleetDocument {
    private static final long NO_TIME = Long.MIN_VALUE;

    private final byte[] bytes;
    private final long revision;
    private final long createRevision;
    private final long version;
    private final long receivedAt;
    private final boolean deleted;

    /** The content of a document: a status, or the failure to decode it. */
    record Content(@Nullable Status status, @Nullable StatusException failure) {
        /** Returns whether both contents are the same for a subscriber. */
        boolean saysTheSameAs(Content other) {
            return status != null
                    ? status.equals(other.status)
                    : other.status == null && String.valueOf(failure).equals(String.valueOf(other.failure));
        }
    }

    private FleetDocument(
            byte[] bytes, long revision, long createRevision, long version, long receivedAt, boolean deleted) {
        this.bytes = bytes;
        this.revision = revision;
        this.createRevision = createRevision;
        this.version = version;
        this.receivedAt = receivedAt;
        this.deleted = deleted;
    }

    /** Returns a document from a snapshot. */
    static FleetDocument found(KeyValue stored) {
        return received(stored, NO_TIME);
    }

    /** Returns a document from an event that arrived at this {@code nanoTime}. */
    static FleetDocument received(KeyValue stored, long receivedAt) {
        return new FleetDocument(
                stored.getValue().toByteArray(),
                stored.getModRevision(),
                stored.getCreateRevision(),
                stored.getVersion(),
                receivedAt,
                /* deleted= */ false);
    }

    /** Returns this document as it remains after its deletion. */
    FleetDocument deleted(long at, long deletionReceivedAt) {
        return new FleetDocument(bytes, at, createRevision, version, deletionReceivedAt, /* deleted= */ true);
    }

    /** Returns this document after a deletion that a snapshot revealed. */
    FleetDocument foundDeleted(long at) {
        return deleted(at, NO_TIME);
    }

    /** Returns when the event arrived, as a {@code nanoTime}; null if this comes from a snapshot. */
    @Nullable
    Long receivedAt() {
        return receivedAt == NO_TIME ? null : receivedAt;
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

    /** Decodes the document. {@code location} is for the message of a failure. */
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
