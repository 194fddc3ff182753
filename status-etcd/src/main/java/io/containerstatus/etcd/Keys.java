package io.containerstatus.etcd;

import com.google.protobuf.ByteString;
import io.containerstatus.ContainerIds;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one node. Neither an id nor the name of a node contains a slash, so no key can be mistaken for
 * another one.
 */
record Keys(String prefix, String node) {

    /**
     * Returns the keys of a node.
     *
     * @throws IllegalArgumentException if the prefix is not one or more names, each after a slash, or if the
     *     node's name does not follow the rule of ids
     */
    static Keys of(String prefix, String node) {
        if (!prefix.matches("(/[^/]+)+")) {
            throw new IllegalArgumentException("not a prefix of the form /name: " + prefix);
        }
        if (!ContainerIds.isValid(node)) {
            throw new IllegalArgumentException("not a valid node name (it must follow the rule of ids): " + node);
        }
        return new Keys(prefix, node);
    }

    /** Returns the name of the node in messages. */
    String location() {
        return "etcd:" + prefix + "/" + node;
    }

    ByteString owner() {
        return ByteString.copyFromUtf8(prefix + "/o/" + node);
    }

    /**
     * Returns the fencing key, which each fencing changes. The owner's key is deleted with its lease anyway.
     * So that key alone cannot show a returning owner whether the node was fenced in between.
     */
    ByteString fence() {
        return ByteString.copyFromUtf8(prefix + "/f/" + node);
    }

    /** Returns the beginning of the keys of all statuses. */
    ByteString statuses() {
        return ByteString.copyFromUtf8(prefix + "/s/" + node + "/");
    }

    ByteString status(String id) {
        return statuses().concat(ByteString.copyFromUtf8(id));
    }

    /** Returns the beginning of the keys under which undecodable values of this container are kept. */
    ByteString keptAside(String id) {
        return ByteString.copyFromUtf8(prefix + "/k/" + node + "/" + id + "/");
    }

    /** Returns the container's id in the key of a status; null if the key is not one of this library. */
    @Nullable
    String id(ByteString statusKey) {
        String id = statusKey.substring(statuses().size()).toStringUtf8();
        return ContainerIds.isValid(id) ? id : null;
    }

    /**
     * Returns the end, exclusive, of the range of all keys that begin with this text, which ends with a slash.
     */
    static ByteString endOf(ByteString beginning) {
        int last = beginning.size() - 1;
        return beginning.substring(0, last).concat(ByteString.copyFrom(new byte[] {(byte) (beginning.byteAt(last) + 1)
        }));
    }
}
