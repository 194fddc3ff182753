package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * A status exists but its bytes could not be had: the read failed, it is no regular file, or it is
 * larger than allowed. Nothing is known of the document, and nothing was changed.
 */
public final class UnreadableStatusException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String location;

    /** Creates the failure; {@code location} names the object, such as a path. */
    public UnreadableStatusException(String location, String reason, @Nullable Throwable cause) {
        super("cannot read " + location + ": " + reason, cause);
        this.location = location;
    }

    /** Returns where the status lies, such as the path of its file. */
    public String location() {
        return location;
    }
}
