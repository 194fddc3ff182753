package io.containerstatus;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A document on its way out, exact to the byte. Jackson's generator has no part in it: it escapes otherwise than Go, and
 * a version of it to come may write other bytes for the same text.
 */
final class WireWriter {
    /** Room for a usual status; a longer one grows the array. */
    private static final int INITIAL_SIZE = 640;

    /** The number of bytes in the longest integer that is written. */
    static final int LONGEST_NUMBER = 20;

    static final byte[] NULL = {'n', 'u', 'l', 'l'};
    static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};

    private byte[] bytes = new byte[INITIAL_SIZE];
    private int size;

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    void beginObject() {
        put('{');
    }

    /** Writes a key that {@link #encodeKey} made, after a comma where one is due. */
    void key(byte[] encoded) {
        if (bytes[size - 1] != '{') {
            put(',');
        }
        put(encoded);
    }

    void key(String key) {
        if (bytes[size - 1] != '{') {
            put(',');
        }
        text(key);
        put(':');
    }

    void endObject() {
        put('}');
    }

    void beginArray() {
        put('[');
    }

    /** Begins the next element of an array, with a comma where one is due. */
    void element() {
        if (bytes[size - 1] != '[') {
            put(',');
        }
    }

    void endArray() {
        put(']');
    }

    void nullValue() {
        put(NULL);
    }

    void flag(boolean value) {
        put(value ? TRUE : FALSE);
    }

    /** Writes members of an object as they are, with a comma before them where one is due. */
    void members(byte[] members) {
        if (bytes[size - 1] != '{') {
            put(',');
        }
        put(members);
    }

    void number(long value) {
        reserve(2 * LONGEST_NUMBER);
        if (value < 0) {
            bytes[size++] = '-';
        }
        // Counted in negative numbers, of which there is one more; the digits come last to first, behind their place.
        long rest = value < 0 ? value : -value;
        int end = size + LONGEST_NUMBER;
        int first = end;
        do {
            bytes[--first] = (byte) ('0' - rest % 10);
            rest /= 10;
        } while (rest != 0);
        System.arraycopy(bytes, first, bytes, size, end - first);
        size += end - first;
    }

    void unsigned(long value) {
        if (value >= 0) {
            number(value);
        } else {
            number(Long.divideUnsigned(value, 10));
            put((char) ('0' + Long.remainderUnsigned(value, 10)));
        }
    }

    void text(String text) {
        int length = text.length();
        reserve(length + 2);
        int to = size;
        bytes[to++] = '"';
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80 || !GoString.isPlain(c)) {
                put(GoString.quote(text).getBytes(StandardCharsets.UTF_8));
                return;
            }
            bytes[to++] = (byte) c;
        }
        bytes[to++] = '"';
        size = to;
    }

    /** Returns what {@link #key(byte[])} takes for this key. */
    static byte[] encodeKey(String key) {
        return (GoString.quote(key) + ':').getBytes(StandardCharsets.UTF_8);
    }

    private void put(char ascii) {
        reserve(1);
        bytes[size++] = (byte) ascii;
    }

    private void put(byte[] source) {
        reserve(source.length);
        System.arraycopy(source, 0, bytes, size, source.length);
        size += source.length;
    }

    private void reserve(int length) {
        if (length > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
        }
    }
}
