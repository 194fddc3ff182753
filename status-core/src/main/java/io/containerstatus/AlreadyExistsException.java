package io.containerstatus;

/** A container of this id, or one that its id cannot be told apart from, exists already. It was left as it is. */
public final class AlreadyExistsException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String id;

    /** Creates the failure for a container that this store knows. */
    public AlreadyExistsException(String id) {
        super("container \"" + id + "\" already exists");
        this.id = id;
    }

    /** Creates the failure; {@code reason} says what is there, and why it stands in the way of this id. */
    public AlreadyExistsException(String id, String reason) {
        super("container \"" + id + "\" cannot be created: " + reason);
        this.id = id;
    }

    /** Returns the id. */
    public String id() {
        return id;
    }
}
