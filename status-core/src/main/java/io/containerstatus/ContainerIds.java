package io.containerstatus;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * containerd's rule for the ids of containers: {@code [A-Za-z0-9]+([._-][A-Za-z0-9]+)*}, at most 76
 * characters. An id is used as the name of a folder; no id of this form can leave its root.
 */
public final class ContainerIds {
    /** The length of the longest id, in characters. */
    public static final int MAX_LENGTH = 76;

    // The possessive quantifiers keep the match linear and its stack flat for any input.
    private static final Pattern RULE = Pattern.compile("[A-Za-z0-9]++(?:[._-][A-Za-z0-9]++)*+");

    private ContainerIds() {}

    /** Returns whether the text is an id. */
    public static boolean isValid(String id) {
        return Objects.requireNonNull(id, "id").length() <= MAX_LENGTH
                && RULE.matcher(id).matches();
    }

    /**
     * Returns the id.
     *
     * @throws InvalidContainerIdException if it is not one
     */
    public static String requireValid(String id) {
        if (!isValid(id)) {
            throw new InvalidContainerIdException(id);
        }
        return id;
    }
}
