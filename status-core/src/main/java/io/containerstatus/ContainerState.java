package io.containerstatus;

/**
 * The state of a container, derived from its {@link Status}. The constants are those of CRI's
 * {@code ContainerState}, without the prefix {@code CONTAINER_}.
 */
public enum ContainerState {
    /** Created and not yet started. */
    CREATED,
    /** Started, and no exit has been observed yet. */
    RUNNING,
    /** Ended, or its start failed. */
    EXITED,
    /** Unknown: the status could not be loaded, or it has none of the three times. */
    UNKNOWN;

    /** Returns CRI's name of this state, such as {@code CONTAINER_RUNNING}. */
    public String criName() {
        return "CONTAINER_" + name();
    }
}
