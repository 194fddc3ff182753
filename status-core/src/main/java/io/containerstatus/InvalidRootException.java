package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * A path cannot be used as the root of a store. No status was changed. At most, the opening has created the root or
 * its lock file, or has removed temporary files of interrupted writes.
 */
public final class InvalidRootException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String root;
    private final String reason;

    /** Creates the failure. */
    public InvalidRootException(String root, String reason, @Nullable Throwable cause) {
        super("cannot use " + root + " as a root: " + reason, cause);
        this.root = root;
        this.reason = reason;
    }

    /** Returns the path exactly as it was given. */
    public String root() {
        return root;
    }

    /** Returns why the path cannot be used. */
    public String reason() {
        return reason;
    }
}
