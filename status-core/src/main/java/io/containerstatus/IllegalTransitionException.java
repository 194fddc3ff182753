package io.containerstatus;

/**
 * The status does not allow a transition, see {@link StatusTransitions}. Nothing changed. This failure has no
 * container id, because transitions are functions of the status alone.
 */
public final class IllegalTransitionException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final ContainerState from;
    private final String trigger;
    private final String reason;

    /** Creates the failure. */
    public IllegalTransitionException(ContainerState from, String trigger, String reason) {
        super(reason);
        this.from = from;
        this.trigger = trigger;
        this.reason = reason;
    }

    /** Returns the state of the container. */
    public ContainerState from() {
        return from;
    }

    /** Returns what was attempted, such as {@code start}. */
    public String trigger() {
        return trigger;
    }

    /** Returns why it was refused, in containerd's words. */
    public String reason() {
        return reason;
    }
}
