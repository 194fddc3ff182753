package io.containerstatus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Documents that cannot be decoded. */
final class BadDocuments {
    /** An upper bound of the length of a message that quotes as much of the document as it may. */
    static final int LONGEST_MESSAGE = 400;

    /** Marks the position of the fault in a document. It is removed before the document is decoded. */
    static final char FAULT = '^';

    private BadDocuments() {}

    /** Asserts the reason for the failure of a document, and its offset. */
    static CorruptStatusException assertCorrupt(String marked, String reasonStart) {
        int at = marked.indexOf(FAULT);
        CorruptStatusException e = corrupt((marked.substring(0, at) + marked.substring(at + 1)).getBytes(UTF_8));
        assertThat(e.reason()).as(marked).startsWith(reasonStart);
        assertThat(e.offset()).as(marked).isEqualTo(marked.substring(0, at).getBytes(UTF_8).length);
        return e;
    }

    static CorruptStatusException corrupt(byte[] document) {
        return catchThrowableOfType(CorruptStatusException.class, () -> StatusCodec.decode(document));
    }

    static UnsupportedVersionException unsupported(String document) {
        return catchThrowableOfType(UnsupportedVersionException.class, () -> decode(document));
    }

    static Status decode(String document) {
        return StatusCodec.decode(document.getBytes(UTF_8));
    }
}
