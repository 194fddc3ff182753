package io.containerstatus;

/**
 * A container is out of use until its store is closed and opened again. The virtual machine failed during one
 * of the container's operations: it ran out of memory or stack, or could not load a class. So it is unknown
 * what that operation left undone in memory.
 *
 * <p>The operation that fails with this exception wrote nothing. The last committed status can still be
 * read. Other containers are not affected. Close the store and open it again; the recovery then reads what
 * the disk holds.
 */
public final class ContainerOutOfUseException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String id;

    /** Creates the failure; {@code cause} is the error of the virtual machine. */
    public ContainerOutOfUseException(String id, Throwable cause) {
        super("container \"" + id + "\" is out of use until the store is opened again: " + cause, cause);
        this.id = id;
    }

    /** Returns the id of the container. */
    public String id() {
        return id;
    }
}
