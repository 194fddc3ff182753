package io.containerstatus;

/**
 * The end of the snapshot: every selected container that existed at the subscription was emitted before this event,
 * or is gone. Each subscription to the events of a store, a container or a followed root emits it once, even if no
 * container existed. If the subscriber has chosen to receive no snapshot, it is the first event. Every event after it
 * is a later change. A follower of a fleet emits a notice of its own instead, for which
 * {@link StatusEvent#caughtUp()} is true as well.
 */
public record CaughtUp() implements StatusEvent {
    /** Returns true. */
    @Override
    public boolean caughtUp() {
        return true;
    }
}
