package io.containerstatus;

/**
 * Too many operations of this container are already pending. The new one was refused before any part of it
 * ran. Slow down, or find out why the disk is slow.
 */
public final class PendingUpdatesExceededException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String id;
    private final int limit;

    /** Creates the failure. */
    public PendingUpdatesExceededException(String id, int limit) {
        super("container \"" + id + "\" already has " + limit + " pending operations; this one was not accepted");
        this.id = id;
        this.limit = limit;
    }

    /** Returns the id. */
    public String id() {
        return id;
    }

    /** Returns the maximum number of pending operations. */
    public int limit() {
        return limit;
    }
}
