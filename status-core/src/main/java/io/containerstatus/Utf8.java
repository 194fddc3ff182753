package io.containerstatus;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Checks that bytes are UTF-8. Jackson is more lenient: in some cases it accepts overlong forms and
 * unpaired surrogates.
 */
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long NON_ASCII = 0x8080_8080_8080_8080L;
    private static final int CHUNK = 512;

    private Utf8() {}

    /** Returns the index of the first byte of the first invalid sequence; -1 if there is none. */
    static int firstInvalid(byte[] bytes) {
        int start = firstNonAscii(bytes);
        return start == bytes.length ? -1 : firstInvalid(bytes, start);
    }

    /**
     * Returns whether the byte, part of valid UTF-8, is a continuation byte: not the first one of
     * its character.
     */
    static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }

    /**
     * Returns the index of the first byte that is not ASCII, or an index at most seven bytes before it; the
     * length if all bytes are ASCII.
     */
    private static int firstNonAscii(byte[] bytes) {
        int i = 0;
        for (; i <= bytes.length - Long.BYTES; i += Long.BYTES) {
            if (((long) LONGS.get(bytes, i) & NON_ASCII) != 0) {
                return i;
            }
        }
        while (i < bytes.length && bytes[i] >= 0) {
            i++;
        }
        return i;
    }

    private static int firstInvalid(byte[] bytes, int start) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, start, bytes.length - start);
        CharBuffer chunk = CharBuffer.allocate(Math.min(CHUNK, in.remaining() + 1));
        CoderResult result;
        do {
            result = decoder.decode(in, chunk.clear(), /* endOfInput= */ true);
        } while (result.isOverflow());
        return result.isError() ? in.position() : -1;
    }
}
