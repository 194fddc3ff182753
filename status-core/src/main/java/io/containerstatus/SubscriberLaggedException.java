package io.containerstatus;

/**
 * A subscriber that asked for every change fell further behind than it had allowed; its stream
 * ended, no other was affected. Subscribe again to go on from the current state.
 */
public final class SubscriberLaggedException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final long missed;
    private final long lastRevision;
    private final int maxLag;

    /** Creates the failure. */
    public SubscriberLaggedException(long missed, long lastRevision, int maxLag) {
        super("the subscriber fell behind by more than the " + maxLag + " changes that it had allowed, and missed "
                + missed + " after revision " + lastRevision);
        this.missed = missed;
        this.lastRevision = lastRevision;
        this.maxLag = maxLag;
    }

    /** Returns how many changes it missed, at least 1. */
    public long missed() {
        return missed;
    }

    /**
     * Returns the revision of the last change that it was given; 0 if there was none. On the stream of a store it is
     * that of whichever container was told last, and tells nothing about the others.
     */
    public long lastRevision() {
        return lastRevision;
    }

    /** Returns how many changes might have waited for it, at least 1. */
    public int maxLag() {
        return maxLag;
    }
}
