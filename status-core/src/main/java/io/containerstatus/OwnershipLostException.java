package io.containerstatus;

/**
 * A creation, a write or a deletion was refused, because this process no longer owns the storage of the
 * statuses. Either another process has taken the storage over, or the ownership has expired because this
 * process did not renew it in time. The storage holds what it held before, or what the new owner has
 * stored since.
 *
 * <p>No later change will succeed, so do not retry. Close the store. Then stop the containers, or hand them
 * over: another process may already be in charge of them.
 */
public final class OwnershipLostException extends NotWrittenException {
    private static final long serialVersionUID = 1L;

    private final String location;

    /**
     * Creates the failure; {@code location} is the location of the storage, and {@code reason} says how the
     * ownership ended, as far as is known.
     */
    public OwnershipLostException(String id, String location, String reason) {
        super(id, "the ownership of " + location + " is lost: " + reason, null);
        this.location = location;
    }

    /** Returns the location of the storage that was owned. */
    public String location() {
        return location;
    }
}
