package io.containerstatus;

/**
 * A creation, a write or a deletion was refused, since the place of the statuses has another owner by now, or none: it
 * was taken over, or this process was not heard of for too long. What was stored before stands, or what the new owner has
 * stored since. No later change succeeds either: do not retry. Close the store, and stop what the statuses are about, or
 * hand it over: another process may be in charge of it.
 */
public final class OwnershipLostException extends NotWrittenException {
    private static final long serialVersionUID = 1L;

    private final String place;

    /** Creates the failure; {@code reason} says how the ownership ended, as far as is known. */
    public OwnershipLostException(String id, String place, String reason) {
        super(id, "the ownership of " + place + " is lost: " + reason, null);
        this.place = place;
    }

    /** Returns the place that was owned. */
    public String place() {
        return place;
    }
}
