package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * A creation, a write or a deletion failed <em>before</em> its commit point. The old state is unchanged, on the disk
 * and in memory. Once the cause is gone, the operation can be tried again.
 *
 * <p>In two cases a retry on the same store cannot succeed. If the root could not be locked or synced when
 * the store was opened, or has been replaced or removed since, the store stays read-only until it is closed
 * and another one is opened. After an {@link OwnershipLostException}, no later change succeeds either.
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
