package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.ContainerIds;
import org.jspecify.annotations.Nullable;

/** Where one node's statuses are. No id and no name of a node contains a slash, so none can be taken for another one. */
record Keys(String prefix, String node) {

    /**
     * Returns the keys of a node.
     *
     * @throws IllegalArgumentException if the prefix is not one or more times a slash and a name, or the node's name does
     *     not follow the rule of ids
     */
    static Keys of(String prefix, String node) {
        if (!prefix.matches("(/[^/]+)+")) {
            throw new IllegalArgumentException("no prefix of the form /name: " + prefix);
        }
        if (!ContainerIds.isValid(node)) {
            throw new IllegalArgumentException("no name of a node, which follows the rule of ids: " + node);
        }
        return new Keys(prefix, node);
    }

    /** Returns how messages name the place. */
    String place() {
        return "etcd:" + prefix + "/" + node;
    }

    ByteString owner() {
        return ByteString.copyFromUtf8(prefix + "/o/" + node);
    }

    /**
     * Returns the key that whoever fences the node changes. The owner's key goes with its lease anyway, so that it alone
     * cannot tell an owner that comes back whether it was fenced meanwhile.
     */
    ByteString fence() {
        return ByteString.copyFromUtf8(prefix + "/f/" + node);
    }

    /** Returns what the keys of all statuses begin with. */
    ByteString statuses() {
        return ByteString.copyFromUtf8(prefix + "/s/" + node + "/");
    }

    ByteString status(String id) {
        return statuses().concat(ByteString.copyFromUtf8(id));
    }

    /** Returns what the keys of all bytes begin with that were kept aside for this container. */
    ByteString keptAside(String id) {
        return ByteString.copyFromUtf8(prefix + "/k/" + node + "/" + id + "/");
    }

    /** Returns the id of the container that this key of a status is for; null if the key is not ours. */
    @Nullable
    String id(ByteString statusKey) {
        String id = statusKey.substring(statuses().size()).toStringUtf8();
        return ContainerIds.isValid(id) ? id : null;
    }

    /** Returns the end of the range of all keys that begin with this, which ends with a slash. */
    static ByteString endOf(ByteString beginning) {
        int last = beginning.size() - 1;
        return beginning.substring(0, last).concat(ByteString.copyFrom(new byte[] {(byte) (beginning.byteAt(last) + 1)
        }));
    }
}
