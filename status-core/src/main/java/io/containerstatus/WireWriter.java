package io.containerstatus;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes one document, with exactly the bytes that containerd writes. It does not use Jackson's generator,
 * which escapes differently from Go, and which may write other bytes for the same text in a future version.
 */
final class WireWriter {
    /** This is enough for a usual status. For a longer one, the array grows. */
    private static final int INITIAL_SIZE = 640;

    /** The length of the longest integer, in bytes. */
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

    /** Writes a key that {@link #encodeKey} has returned, after a comma if there must be one. */
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

    /** Begins the next element of an array, after a comma if there must be one. */
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

    /** Writes members of an object unchanged, after a comma if there must be one. */
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
        // Works on the negative value, because every long has one, but Long.MIN_VALUE has no positive one. Writes the
        // digits from last to first behind their final position, and then moves them to it.
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

    /** Returns the key in the form that {@link #key(byte[])} takes. */
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
