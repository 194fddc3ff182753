package io.containerstatus;

/**
 * A subscriber that requested every change fell further behind than it had allowed. Its stream ended; no
 * other stream was affected. To continue from the current state, subscribe again.
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

    /** Returns how many changes the subscriber missed, at least 1. */
    public long missed() {
        return missed;
    }

    /**
     * Returns the revision of the last change that was emitted to the subscriber; 0 if there was none. On the
     * stream of a store, this is the revision of the container whose change was emitted last. It says nothing
     * about other containers.
     */
    public long lastRevision() {
        return lastRevision;
    }

    /** Returns how many changes were allowed to wait for the subscriber, at least 1. */
    public int maxLag() {
        return maxLag;
    }
}
