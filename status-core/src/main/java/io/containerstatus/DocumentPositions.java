package io.containerstatus;

import tools.jackson.core.TokenStreamLocation;

/**
 * Turns a parser's locations into indexes of the document's bytes. A parser of chars counts chars, from which the bytes
 * are counted here. Locations that ascend take one pass over the document together.
 */
final class DocumentPositions {
    /** The first byte of a character that takes two chars. */
    private static final int FIRST_OF_FOUR = 0xF0;

    private final byte[] document;
    private long chars;
    private int bytes;

    /** Takes a document in valid UTF-8. */
    DocumentPositions(byte[] document) {
        this.document = document;
    }

    byte[] document() {
        return document;
    }

    /** Returns the index of the byte at the location, or the length of the document if it is behind the end. */
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
