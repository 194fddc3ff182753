package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * A creation, a write or a deletion failed <em>before</em> its commit point: what was there before stands, on the disk
 * and in memory. The operation may be tried again when the cause is gone; but a store whose root could not be locked or
 * synced when it was opened, or was replaced or removed since, stays read-only until it is closed and another one is opened.
 * An {@link OwnershipLostException} is for good.
 */
public sealed class NotWrittenException extends StatusException permits OwnershipLostException {
    private static final long serialVersionUID = 1L;

    private final String id;

    /** Creates the failure; {@code reason} says which step failed on which object. */
    public NotWrittenException(String id, String reason, @Nullable Throwable cause) {
        super("status \"" + id + "\" not changed: " + reason, cause);
        this.id = id;
    }

    /** Returns the id of the container. */
    public String id() {
        return id;
    }
}
