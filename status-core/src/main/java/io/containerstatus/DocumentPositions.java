package io.containerstatus;

import tools.jackson.core.TokenStreamLocation;

/**
 * Converts a parser's locations to byte indexes of the document. A char parser reports a location as a number
 * of chars, so this class counts the bytes up to that char. Ascending locations take one pass over the document
 * in total.
 */
final class DocumentPositions {
    /** The lowest first byte of a character that takes two chars. */
    private static final int FIRST_OF_FOUR = 0xF0;

    private final byte[] document;
    private long chars;
    private int bytes;

    /** Creates positions for a document in valid UTF-8. */
    DocumentPositions(byte[] document) {
        this.document = document;
    }

    byte[] document() {
        return document;
    }

    /**
     * Returns the byte index of the location. If the location is after the end, returns the length of
     * the document.
     */
    int indexOf(TokenStreamLocation location) {
        long offset = location.getByteOffset();
        return offset < 0 ? indexOfChar(location.getCharOffset()) : (int) Math.min(offset, document.length);
    }

    private int indexOfChar(long offset) {
        if (offset < chars) {
            chars = 0;
            bytes = 0;
        }
        while (chars < offset && bytes < document.length) {
            chars += (document[bytes] & 0xFF) >= FIRST_OF_FOUR ? 2 : 1;
            do {
                bytes++;
            } while (bytes < document.length && Utf8.isContinuation(document[bytes]));
        }
        return bytes;
    }
}
