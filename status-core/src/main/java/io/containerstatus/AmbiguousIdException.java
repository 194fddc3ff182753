package io.containerstatus;

import java.util.List;

/** More than one id begins with this prefix, and none is equal to it. */
public final class AmbiguousIdException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String prefix;
    private final String[] matches;

    /** Creates the failure; {@code more} says that these matches are not all. */
    public AmbiguousIdException(String prefix, List<String> matches, boolean more) {
        super(Excerpt.quote(prefix) + " is the beginning of more than one id: " + String.join(", ", matches)
                + (more ? ", …" : ""));
        this.prefix = prefix;
        this.matches = matches.toArray(String[]::new);
    }

    /** Returns the prefix that was looked for. */
    public String prefix() {
        return prefix;
    }

    /** Returns the first few ids that begin with it, at least two, in their order; not necessarily all. */
    public List<String> matches() {
        return List.of(matches);
    }
}
