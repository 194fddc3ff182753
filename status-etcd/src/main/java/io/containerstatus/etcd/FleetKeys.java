package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.ContainerIds;
import org.jspecify.annotations.Nullable;

/** Where the keys of a fleet are: one range has those of all owners and of all statuses, and no others of ours. */
record FleetKeys(String prefix) {
    /**
     * What a key is for.
     *
     * @param id the container whose status it is; null for the owner's key of the node
     */
    record Name(String node, @Nullable String id) {}

    /** Returns how messages name the place. */
    String place() {
        return "etcd:" + prefix;
    }

    String location(String node, String id) {
        return "etcd:" + prefix + "/s/" + node + "/" + id;
    }

    /** Returns the beginning of the range. As a key it never exists. */
    ByteString start() {
        return ByteString.copyFromUtf8(prefix + "/o/");
    }

    /** Returns the end of the range, exclusive. */
    ByteString end() {
        return Keys.endOf(ByteString.copyFromUtf8(prefix + "/s/"));
    }

    /** Returns what the key, which is of the range, is for; null if it is not ours. */
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
