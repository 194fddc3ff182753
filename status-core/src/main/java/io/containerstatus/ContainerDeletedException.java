package io.containerstatus;

/**
 * The container was deleted. No operation brings it back, but a new container with the same id may
 * be created.
 */
public final class ContainerDeletedException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String id;

    /** Creates the failure. */
    public ContainerDeletedException(String id) {
        super("container \"" + id + "\" was deleted");
        this.id = id;
    }

    /** Returns the id. */
    public String id() {
        return id;
    }
}
