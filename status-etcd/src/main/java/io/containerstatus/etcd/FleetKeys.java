package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.ContainerIds;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a fleet. One range contains the keys of all owners and of all statuses, and no other keys of
 * this library.
 */
record FleetKeys(String prefix) {
    /**
     * The meaning of a key.
     *
     * @param id the container whose status the key holds; null for the owner's key of the node
     */
    record Name(String node, @Nullable String id) {}

    /** Returns the name of the fleet in messages. */
    String location() {
        return "etcd:" + prefix;
    }

    String location(String node, String id) {
        return "etcd:" + prefix + "/s/" + node + "/" + id;
    }

    /** Returns the beginning of the range. No key has exactly this name. */
    ByteString start() {
        return ByteString.copyFromUtf8(prefix + "/o/");
    }

    /** Returns the end of the range, exclusive. */
    ByteString end() {
        return Keys.endOf(ByteString.copyFromUtf8(prefix + "/s/"));
    }

    /** Returns the meaning of a key of the range; null if it is not a key of this library. */
    @Nullable
    Name name(ByteString key) {
        String rest = key.toStringUtf8().substring(prefix.length() + 1);
        boolean isStatus = rest.startsWith("s/");
        if (!isStatus && !rest.startsWith("o/")) {
            return null;
        }
        int slash = isStatus ? rest.indexOf('/', 2) : rest.length();
        if (slash < 0) {
            return null;
        }
        String node = rest.substring(2, slash);
        String id = isStatus ? rest.substring(slash + 1) : null;
        return ContainerIds.isValid(node) && (id == null || ContainerIds.isValid(id)) ? new Name(node, id) : null;
    }
}
