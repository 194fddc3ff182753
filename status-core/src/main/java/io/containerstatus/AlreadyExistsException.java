package io.containerstatus;

/** A container of this id exists already; it was left as it is. */
public final class AlreadyExistsException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String id;

    /** Creates the failure. */
    public AlreadyExistsException(String id) {
        super("container \"" + id + "\" already exists");
        this.id = id;
    }

    /** Returns the id. */
    public String id() {
        return id;
    }
}
