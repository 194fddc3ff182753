package io.containerstatus;

import org.jspecify.annotations.Nullable;

/** A path cannot serve as the root of a store. Nothing was changed. */
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

    /** Returns the path as it was given. */
    public String root() {
        return root;
    }

    /** Returns what is wrong with it. */
    public String reason() {
        return reason;
    }
}
