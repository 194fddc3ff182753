package io.containerstatus;

/**
 * Another store, in this process or another one, has the root open for writing. Nothing was read
 * or changed.
 */
public final class RootLockedException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String root;

    /** Creates the failure. */
    public RootLockedException(String root) {
        super("root " + root + " is in use: its lock is held by another store, in this or another process");
        this.root = root;
    }

    /** Returns the root's path. */
    public String root() {
        return root;
    }
}
