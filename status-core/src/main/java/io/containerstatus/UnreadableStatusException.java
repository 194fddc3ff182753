package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * The bytes of a status could not be had: the read failed, it is no regular file, or it is larger than allowed. Or a
 * root is missing or cannot be listed; or a follower found a container without a status. Nothing is known of what was to
 * be read, and nothing was changed.
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
