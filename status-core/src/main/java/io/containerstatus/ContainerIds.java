package io.containerstatus;

import java.util.Arrays;
import java.util.Objects;

/**
 * containerd's rule for container ids: {@code [A-Za-z0-9]+([._-][A-Za-z0-9]+)*}, at most 76 characters. An id
 * is used as the name of a folder below the root. No id of this form can lead out of the root.
 */
public final class ContainerIds {
    /** The maximum length of an id, in characters. */
    public static final int MAX_LENGTH = 76;

    private static final byte OTHER = 0;
    private static final byte SEPARATOR = 1;
    private static final byte LETTER_OR_DIGIT = 2;

    /**
     * The kind of each ASCII character. This is a table, because a processor cannot predict branches on the
     * characters of random ids.
     */
    private static final byte[] KINDS = kinds();

    private ContainerIds() {}

    /** Returns whether the text is a valid id. */
    public static boolean isValid(String id) {
        int length = Objects.requireNonNull(id, "id").length();
        if (length > MAX_LENGTH) {
            return false;
        }
        // A separator must be between two letters or digits. So the first character is checked as if it
        // followed a separator.
        byte before = SEPARATOR;
        for (int i = 0; i < length; i++) {
            char character = id.charAt(i);
            byte kind = character < KINDS.length ? KINDS[character] : OTHER;
            if (kind == OTHER || (kind == SEPARATOR && before == SEPARATOR)) {
                return false;
            }
            before = kind;
        }
        return before != SEPARATOR;
    }

    private static byte[] kinds() {
        byte[] kinds = new byte[1 << 7];
        Arrays.fill(kinds, '0', '9' + 1, LETTER_OR_DIGIT);
        Arrays.fill(kinds, 'A', 'Z' + 1, LETTER_OR_DIGIT);
        Arrays.fill(kinds, 'a', 'z' + 1, LETTER_OR_DIGIT);
        kinds['.'] = SEPARATOR;
        kinds['_'] = SEPARATOR;
        kinds['-'] = SEPARATOR;
        return kinds;
    }

    /**
     * Returns the id if it is valid.
     *
     * @throws InvalidContainerIdException if it is not
     */
    public static String requireValid(String id) {
        if (!isValid(id)) {
            throw new InvalidContainerIdException(id);
        }
        return id;
    }
}
