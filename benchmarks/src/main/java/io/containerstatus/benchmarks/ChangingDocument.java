package io.containerstatus.benchmarks;

import io.containerstatus.StatusCodec;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a status that is another one each time: SQLite, for one, notices that a record would not change, and then
 * syncs nothing. Not threadsafe; each caller has its own.
 */
final class ChangingDocument {
    private static final int DIGITS = 5;

    private final byte[] document = StatusCodec.encode(Samples.STORED);
    private final int pid = new String(document, StandardCharsets.US_ASCII).indexOf("\"Pid\":") + "\"Pid\":".length();
    private int number;

    /** Returns the next document, in the same array; of the same length as the one before. */
    byte[] next() {
        number = number % 80_000 + 1;
        int rest = 10_000 + number;
        for (int i = pid + DIGITS - 1; i >= pid; i--) {
            document[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return document;
    }
}
