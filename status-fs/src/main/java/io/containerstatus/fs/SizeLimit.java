package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTooLargeException;

/** The size of the largest status that is stored. A larger one could not be read again. */
final class SizeLimit {
    private SizeLimit() {}

    /** Checks the status. Encodes it only if an upper bound of its size exceeds the limit. */
    static void check(String id, Status status, int maxFileSize) {
        if (StatusCodec.maxEncodedLength(status) > maxFileSize) {
            check(id, StatusCodec.encode(status).length, maxFileSize);
        }
    }

    /** Checks the size of a document, in bytes. */
    static void check(String id, int size, int maxFileSize) {
        if (size > maxFileSize) {
            throw new StatusTooLargeException(id, size, maxFileSize);
        }
    }
}
