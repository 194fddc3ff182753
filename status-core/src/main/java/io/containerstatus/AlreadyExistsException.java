package io.containerstatus;

/**
 * A container with this id already exists. In a root of files, a container whose id differs only in case counts as
 * well. The existing container was not changed.
 */
public final class AlreadyExistsException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String id;

    /** Creates the failure for a container that this store already has. */
    public AlreadyExistsException(String id) {
        super("container \"" + id + "\" already exists");
        this.id = id;
    }

    /** Creates the failure; {@code reason} says what exists, and why it prevents the creation of this id. */
    public AlreadyExistsException(String id, String reason) {
        super("container \"" + id + "\" cannot be created: " + reason);
        this.id = id;
    }

    /** Returns the id. */
    public String id() {
        return id;
    }
}
