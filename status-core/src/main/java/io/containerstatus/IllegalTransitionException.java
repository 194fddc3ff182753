package io.containerstatus;

/**
 * The status does not allow a transition; see {@link StatusTransitions}. Nothing changed. The id
 * is unknown here: the transitions are functions of the status alone.
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

    /** Returns the state that the container is in. */
    public ContainerState from() {
        return from;
    }

    /** Returns what was attempted, such as {@code start}. */
    public String trigger() {
        return trigger;
    }

    /** Returns why it is refused, in containerd's words. */
    public String reason() {
        return reason;
    }
}
