package io.containerstatus;

/**
 * A new status is larger than the storage accepts. Nothing changed, in memory or on the disk. A retry cannot
 * succeed: make the status smaller, or the limit larger.
 */
public final class StatusTooLargeException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String id;
    private final long size;
    private final long limit;

    /**
     * Creates the failure.
     *
     * @param id the container's id
     * @param size the size of the new status, in bytes
     * @param limit the largest accepted size, in bytes
     */
    public StatusTooLargeException(String id, long size, long limit) {
        super("status \"" + id + "\" not changed: the new status takes " + size + " bytes, and at most " + limit
                + " are stored");
        this.id = id;
        this.size = size;
        this.limit = limit;
    }

    /** Returns the id of the container. */
    public String id() {
        return id;
    }

    /** Returns the size of the new status in containerd's format, in bytes. */
    public long size() {
        return size;
    }

    /** Returns the largest accepted size, in bytes. */
    public long limit() {
        return limit;
    }
}
