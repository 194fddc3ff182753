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
 * A node of a fleet, as long as it has an owner or a container. Changed on the client's worker; the owner may be read on any
 * thread.
 */
final class FleetNode {
    private final String name;
    private final NavigableMap<String, FleetPlace> places = new TreeMap<>();
    private volatile Owning now;
    private volatile boolean gone;

    /**
     * Who owns it.
     *
     * @param key the owner's key; null for none
     * @param revision since which revision that is known
     */
    record Owning(@Nullable OwnerKey key, long revision) {}

    /** The owner's key, as far as it tells one owner from another. */
    record OwnerKey(ByteString value, long lease, long createRevision, long version, long revision) {
        static OwnerKey of(KeyValue stored) {
            return new OwnerKey(
                    stored.getValue(),
                    stored.getLease(),
                    stored.getCreateRevision(),
                    stored.getVersion(),
                    stored.getModRevision());
        }

        /** Returns whether it is the same owner, which may have written its key once more since. */
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

    /** Returns the containers by their ids. */
    NavigableMap<String, FleetPlace> places() {
        return places;
    }

    Owning now() {
        return now;
    }

    void set(Owning next) {
        now = next;
    }

    boolean isEmpty() {
        return now.key() == null && places.isEmpty();
    }

    /** Notes that it is not known any more. One of the same name that comes later is another one. */
    void leave() {
        gone = true;
    }

    /** Returns whether it is not known any more; on any thread. */
    boolean isGone() {
        return gone;
    }
}
