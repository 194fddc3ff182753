package io.containerstatus;

import java.util.List;

/** More than one id begins with this prefix, and none is equal to it. Nothing changed. */
public final class AmbiguousIdException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String prefix;
    private final String[] matches;

    /** Creates the failure; {@code more} is true if there are more matches than these. */
    public AmbiguousIdException(String prefix, List<String> matches, boolean more) {
        super(Excerpt.quote(prefix) + " is the beginning of more than one id: " + String.join(", ", matches)
                + (more ? ", …" : ""));
        this.prefix = prefix;
        this.matches = matches.toArray(String[]::new);
    }

    /** Returns the prefix that was searched for. */
    public String prefix() {
        return prefix;
    }

    /**
     * Returns the first few ids that begin with the prefix, in order: at least two, and not necessarily all.
     */
    public List<String> matches() {
        return List.of(matches);
    }
}
