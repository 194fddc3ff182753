package io.containerstatus;

/**
 * A container is out of use until its store is opened again. The virtual machine failed in the midst of one of its
 * operations: it had no memory, no stack, or a class could not be loaded. So nothing is known of what that operation left
 * undone in memory.
 *
 * <p>This operation wrote nothing. The last committed status can still be read. Other containers are not affected. Close
 * the store and open it again; the recovery then reads what the disk holds.
 */
public final class ContainerOutOfUseException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String id;

    /** Creates the failure; {@code cause} is what the virtual machine failed with. */
    public ContainerOutOfUseException(String id, Throwable cause) {
        super("container \"" + id + "\" is out of use until the store is opened again: " + cause, cause);
        this.id = id;
    }

    /** Returns the id of the container. */
    public String id() {
        return id;
    }
}
