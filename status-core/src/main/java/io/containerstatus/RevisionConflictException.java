package io.containerstatus;

/**
 * The container is at another revision than the caller expected. The update function was not called, and
 * nothing changed.
 */
public final class RevisionConflictException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String id;
    private final long expected;
    private final long actual;

    /** Creates the failure. */
    public RevisionConflictException(String id, long expected, long actual) {
        super("container \"" + id + "\" is at revision " + actual + ", not at the expected " + expected);
        this.id = id;
        this.expected = expected;
        this.actual = actual;
    }

    /** Returns the id. */
    public String id() {
        return id;
    }

    /** Returns the revision that the caller expected. */
    public long expected() {
        return expected;
    }

    /** Returns the revision of the container at the time of the check. */
    public long actual() {
        return actual;
    }
}
