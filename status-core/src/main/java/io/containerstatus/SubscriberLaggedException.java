package io.containerstatus;

/**
 * A subscriber that asked for every change fell further behind than it had allowed; its stream
 * ended, no other was affected. Subscribe again to go on from the current state.
 */
public final class SubscriberLaggedException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final long missed;
    private final long lastRevision;

    /** Creates the failure. */
    public SubscriberLaggedException(long missed, long lastRevision) {
        super("the subscriber fell behind and missed " + missed + " changes after revision " + lastRevision);
        this.missed = missed;
        this.lastRevision = lastRevision;
    }

    /** Returns how many changes it missed, at least 1. */
    public long missed() {
        return missed;
    }

    /** Returns the revision of the last change that it was given; 0 if there was none. */
    public long lastRevision() {
        return lastRevision;
    }
}
