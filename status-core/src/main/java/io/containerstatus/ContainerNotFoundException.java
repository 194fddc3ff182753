package io.containerstatus;

/** No container has this id or an id that begins with it. */
public final class ContainerNotFoundException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String prefix;

    /** Creates the failure. */
    public ContainerNotFoundException(String prefix) {
        super("no container has the id " + Excerpt.quote(prefix) + " or an id that begins with it");
        this.prefix = prefix;
    }

    /** Returns the id or prefix that was searched for. */
    public String prefix() {
        return prefix;
    }
}
