package io.containerstatus;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads and writes small documents on every code path of the codec, so that every part of Jackson that the
 * codec needs is linked.
 */
final class CodecCheck {
    private static final byte[] GOOD =
            ("{\"Version\":\"v1\",\"Pid\":1,\"CreatedAt\":1,\"StartedAt\":2,\"FinishedAt\":0,"
                            + "\"ExitCode\":-1,\"Reason\":\"\\n\",\"Message\":\"\",\"Resources\":{\"linux\":{\"hugepage_limits\":"
                            + "[{\"limit\":18446744073709551615}],\"unified\":{\"a\":\"b\"}}},\"Restore\":false,\"New\":[{\"a\":1.5}]}")
                    .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BAD = "{\"Pid\":[1,}".getBytes(StandardCharsets.US_ASCII);

    private CodecCheck() {}

    static void run() {
        requireSame(StatusCodec.decode(GOOD));
        requireSame(DocumentParser.parseChars(GOOD));
        try {
            StatusCodec.decode(BAD);
        } catch (CorruptStatusException expected) {
            return;
        }
        throw new IllegalStateException("a document that is not JSON was accepted");
    }

    private static void requireSame(Status status) {
        if (!Arrays.equals(StatusCodec.encode(status), GOOD)) {
            throw new IllegalStateException("a document was read as " + status);
        }
    }
}
