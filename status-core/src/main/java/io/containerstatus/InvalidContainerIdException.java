package io.containerstatus;

/**
 * A text is not a valid container id, see {@link ContainerIds}. Nothing was looked up, and nothing changed.
 */
public final class InvalidContainerIdException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String id;

    /** Creates the failure. */
    public InvalidContainerIdException(String id) {
        super("not a container id: " + Excerpt.quote(id) + " (1 to " + ContainerIds.MAX_LENGTH
                + " letters and digits, with single . _ - between them)");
        this.id = id;
    }

    /** Returns the text exactly as it was given. */
    public String id() {
        return id;
    }
}
