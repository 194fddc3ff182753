package io.containerstatus;

/**
 * An event that a subscriber receives: a change of a container ({@link ContainerChange}), or another event of the
 * source, such as the end of the snapshot ({@link CaughtUp}). A stream of changes emits only changes. A stream of
 * events emits both, in one order.
 *
 * <pre>{@code
 * if (event instanceof ContainerChange change) {
 *     show(change);
 * } else if (event.caughtUp()) {
 *     removeContainersThatWereNotShown();
 * }
 * }</pre>
 *
 * <p>Only the library implements this interface: a later version may add methods, each with a default.
 * Implementations are immutable.
 */
public interface StatusEvent {
    /**
     * Returns whether the snapshot is complete with this event: every selected container that the snapshot found was
     * emitted in this subscription, or is gone. If the subscriber still has containers from an earlier subscription
     * that were not emitted in this one, they no longer exist or are no longer selected. This does not hold for a
     * subscriber that has chosen to receive no snapshot. False for every change.
     */
    default boolean caughtUp() {
        return false;
    }
}
