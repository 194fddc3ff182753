package io.containerstatus.benchmarks;

import io.containerstatus.StatusCodec;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a status that changes each time. SQLite, for example, notices when a record does not change,
 * and then syncs nothing. Not threadsafe; each caller has its own.
 */
final class ChangingDocument {
    private static final int DIGITS = 5;

    private final byte[] document = StatusCodec.encode(Samples.STORED);
    private final int pid = new String(document, StandardCharsets.US_ASCII).indexOf("\"Pid\":") + "\"Pid\":".length();
    private int number;

    /** Returns the next document, in the same array and of the same length as the previous one. */
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
