package io.containerstatus;

import java.nio.charset.StandardCharsets;

/**
 * Replaces each escaped unpaired surrogate with the escape of U+FFFD, as Go reads it. Jackson rejects an
 * unpaired surrogate in a key. Both escapes are six bytes long, so the indexes of all other bytes stay
 * the same.
 */
final class LoneSurrogates {
    private static final byte[] REPLACEMENT = "\\ufffd".getBytes(StandardCharsets.US_ASCII);
    private static final int ESCAPE_LENGTH = REPLACEMENT.length;
    private static final int NO_ESCAPE = -1;

    private LoneSurrogates() {}

    /**
     * Returns the document with each escaped unpaired surrogate replaced. If there is none, returns the
     * same array.
     */
    static byte[] replaced(byte[] document) {
        byte[] result = document;
        for (int i = 0; i < document.length; i++) {
            if (document[i] != '\\') {
                continue;
            }
            int unit = escapedUnit(document, i);
            if (unit == NO_ESCAPE || !Character.isSurrogate((char) unit)) {
                i++; // the escaped character does not begin another escape
            } else if (isPair(unit, escapedUnit(document, i + ESCAPE_LENGTH))) {
                i += 2 * ESCAPE_LENGTH - 1;
            } else {
                result = result == document ? document.clone() : result;
                System.arraycopy(REPLACEMENT, 0, result, i, ESCAPE_LENGTH);
                i += ESCAPE_LENGTH - 1;
            }
        }
        return result;
    }

    private static boolean isPair(int high, int low) {
        return low != NO_ESCAPE && Character.isSurrogatePair((char) high, (char) low);
    }

    /**
     * Returns the UTF-16 code unit whose escape begins at this index; {@link #NO_ESCAPE} if no such escape
     * begins there.
     */
    private static int escapedUnit(byte[] document, int start) {
        if (start + ESCAPE_LENGTH > document.length || document[start] != '\\' || document[start + 1] != 'u') {
            return NO_ESCAPE;
        }
        int unit = 0;
        for (int i = start + 2; i < start + ESCAPE_LENGTH; i++) {
            int digit = Character.digit(document[i], 16);
            if (digit < 0) {
                return NO_ESCAPE;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }
}
