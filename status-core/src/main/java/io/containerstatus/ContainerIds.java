package io.containerstatus;

import java.util.Arrays;
import java.util.Objects;

/**
 * containerd's rule for the ids of containers: {@code [A-Za-z0-9]+([._-][A-Za-z0-9]+)*}, at most 76
 * characters. An id is used as the name of a folder; no id of this form can leave its root.
 */
public final class ContainerIds {
    /** The length of the longest id, in characters. */
    public static final int MAX_LENGTH = 76;

    private static final byte OTHER = 0;
    private static final byte SEPARATOR = 1;
    private static final byte LETTER_OR_DIGIT = 2;

    /** By ASCII character. A table, since ids are random: no branch could be foretold. */
    private static final byte[] KINDS = kinds();

    private ContainerIds() {}

    /** Returns whether the text is an id. */
    public static boolean isValid(String id) {
        int length = Objects.requireNonNull(id, "id").length();
        if (length > MAX_LENGTH) {
            return false;
        }
        // A separator stands between two others: never first, last, or beside another one.
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
