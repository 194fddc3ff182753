package io.containerstatus;

/**
 * Where a container is in its life, derived from its {@link Status}; the states of CRI's
 * {@code ContainerState}, without the prefix {@code CONTAINER_}.
 */
public enum ContainerState {
    /** Created and not yet started. */
    CREATED,
    /** Started and not yet seen to exit. */
    RUNNING,
    /** Ended, or never came to run because its start failed. */
    EXITED,
    /** Nothing certain is known: the status could not be loaded, or it holds no time at all. */
    UNKNOWN;

    /** Returns the name that CRI gives this state, such as {@code CONTAINER_RUNNING}. */
    public String criName() {
        return "CONTAINER_" + name();
    }
}
