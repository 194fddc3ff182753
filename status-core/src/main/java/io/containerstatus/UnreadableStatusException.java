package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * A status could not be read: the read failed, the status is not a regular file, or it is larger than allowed. This
 * failure is also reported if a root is missing or cannot be listed, if etcd cannot be read, if a scheduler rejects
 * the read, and by a follower for a container without a status. The content is unknown, and nothing was changed.
 */
public final class UnreadableStatusException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String location;

    /** Creates the failure; {@code location} names the object, such as a path. */
    public UnreadableStatusException(String location, String reason, @Nullable Throwable cause) {
        super("cannot read " + location + ": " + reason, cause);
        this.location = location;
    }

    /** Returns what could not be read, such as the path of the status or of the root. */
    public String location() {
        return location;
    }
}
