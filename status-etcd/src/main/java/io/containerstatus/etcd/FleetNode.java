package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A node of a fleet, as long as it has an owner or a container. It is changed on the client's worker only.
 * Its owner may be read on any thread.
 */
final class FleetNode {
    private final String name;
    private final NavigableMap<String, FleetEntry> entries = new TreeMap<>();
    private volatile Owning now;
    private volatile boolean gone;

    /**
     * The owner of a node.
     *
     * @param key the owner's key; null if the node has no owner
     * @param revision the revision since which this is known
     */
    record Owning(@Nullable OwnerKey key, long revision) {}

    /** The owner's key, with everything that distinguishes one owner from another. */
    record OwnerKey(ByteString value, long lease, long createRevision, long version, long revision) {
        static OwnerKey of(KeyValue stored) {
            return new OwnerKey(
                    stored.getValue(),
                    stored.getLease(),
                    stored.getCreateRevision(),
                    stored.getVersion(),
                    stored.getModRevision());
        }

        /**
         * Returns whether both keys are of the same owner, which may have written its key again in between.
         */
        boolean isOwnerOf(OwnerKey other) {
            return lease == other.lease && value.equals(other.value);
        }

        NodeChange.Owner owner() {
            Map<String, String> members = OwnerRecord.members(value);
            return new NodeChange.Owner(
                    members.get("identity"), members.get("host"), pid(members.get("pid")), since(members.get("since")));
        }

        private static long pid(@Nullable String text) {
            try {
                return text == null ? 0 : Long.parseLong(text);
            } catch (NumberFormatException e) {
                return 0;
            }
        }

        private static @Nullable Instant since(@Nullable String text) {
            try {
                return text == null ? null : Instant.parse(text);
            } catch (DateTimeException e) {
                return null;
            }
        }
    }

    FleetNode(String name, Owning now) {
        this.name = name;
        this.now = now;
    }

    String name() {
        return name;
    }

    /** Returns the entries of the containers by id. */
    NavigableMap<String, FleetEntry> entries() {
        return entries;
    }

    Owning now() {
        return now;
    }

    void set(Owning next) {
        now = next;
    }

    boolean isEmpty() {
        return now.key() == null && entries.isEmpty();
    }

    /** Notes that the node is no longer known. A later node with the same name is another object. */
    void leave() {
        gone = true;
    }

    /** Returns whether the node is no longer known. May be called on any thread. */
    boolean isGone() {
        return gone;
    }
}
