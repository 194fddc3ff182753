package io.containerstatus;

/**
 * As many operations as allowed wait for this container already; the new one was refused before
 * anything of it ran. Slow down, or look at why the disk is slow.
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

    /** Returns how many operations may be pending. */
    public int limit() {
        return limit;
    }
}
