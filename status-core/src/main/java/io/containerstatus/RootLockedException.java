package io.containerstatus;

/**
 * The storage, such as a root of files, is in use by another store, in this process or in another one. No status was
 * read or changed.
 */
public final class RootLockedException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String root;

    /** Creates the failure. */
    public RootLockedException(String root) {
        super("root " + root + " is in use: its lock is held by another store, in this or another process");
        this.root = root;
    }

    /** Returns the location of the storage, such as the path of the root. */
    public String root() {
        return root;
    }
}
