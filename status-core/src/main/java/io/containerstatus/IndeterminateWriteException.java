package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * A creation, a write or a deletion failed <em>at or after</em> its commit point. After a crash, the disk may
 * hold either the old status or the new one; after a failed deletion, the old one or none. Memory keeps the
 * old status. The disk is certain again once a new write or deletion of this container has completed.
 */
public final class IndeterminateWriteException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String id;

    /** Creates the failure; {@code reason} says which step failed on which object. */
    public IndeterminateWriteException(String id, String reason, @Nullable Throwable cause) {
        super("status \"" + id + "\" is uncertain on the disk until the next complete write: " + reason, cause);
        this.id = id;
    }

    /** Returns the id of the container. */
    public String id() {
        return id;
    }
}
