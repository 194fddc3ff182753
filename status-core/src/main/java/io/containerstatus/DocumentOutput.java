package io.containerstatus;

import java.io.OutputStream;
import java.util.Arrays;

/**
 * Collects the bytes of a document. The generator gathers up to 8000 of them in a buffer that it reuses, so that nearly
 * every status arrives in one piece: its only copy is the array that the caller gets.
 */
final class DocumentOutput extends OutputStream {
    private byte[] bytes = {};

    byte[] bytes() {
        return bytes;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        int size = bytes.length;
        bytes = size == 0 ? Arrays.copyOfRange(source, offset, offset + length) : Arrays.copyOf(bytes, size + length);
        if (size != 0) {
            System.arraycopy(source, offset, bytes, size, length);
        }
    }
}
