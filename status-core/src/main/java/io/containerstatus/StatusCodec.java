package io.containerstatus;

import java.util.Objects;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Reads and writes a status in containerd's format, version {@code v1}: one JSON object, as it lies in the file
 * {@code status} of every container.
 *
 * <p>Writing is exact to the byte: keys in containerd's order, no white space, strings escaped as Go's
 * {@code encoding/json} escapes them, empty resource limits left out.
 *
 * <p>Reading is as lenient as Go's reader: the case of a key does not matter (by Go's simple folding), unknown keys are
 * ignored, a later key wins over an earlier equal one, null leaves a number or a text as it is, white space may
 * surround the document. It differs on purpose in five points:
 *
 * <ul>
 *   <li>Bytes that are not UTF-8 are an error; Go replaces them.
 *   <li>Null elements of a list are dropped; containerd 1.6.9 to 1.6.15 wrote such.
 *   <li>A repeated object, list or map wins whole; Go merges it into the earlier one.
 *   <li>Nesting deeper than 500 and numbers longer than 1000 characters are errors.
 *   <li>A document that is the word {@code null} is corrupt; for Go it is an empty one.
 * </ul>
 *
 * <p>This class is threadsafe; its methods hold no state, do no I/O and never block.
 */
public final class StatusCodec {
    private static final ObjectReader READER = JsonMapper.builder(JsonFactory.builder()
                    // Otherwise a byte-order mark and whole UTF-16 documents pass, and zeroes have the offset -1.
                    .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                    // What can be written can be read again, however long. The document bounds it, and is in memory.
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            // The deserializer looks for them itself, so that they have a place in the order of what is told.
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .addModule(new SimpleModule().addDeserializer(Status.class, new StatusDeserializer()))
            .build()
            .readerFor(Status.class);

    /** What Jackson's messages say of Jackson's own settings and positions; no reader of a status can use it. */
    private static final Pattern ADVICE =
            Pattern.compile(": [^:]*enabl.*| \\(start marker .*| \\(for .*|: maybe .*|, from `[^`]*`", Pattern.DOTALL);

    private StatusCodec() {}

    /**
     * Returns the document of the status. The flags {@link Status#starting()}, {@link Status#removing()} and
     * {@link Status#unknown()} have no place in it.
     *
     * @param status any status; what could not be written never gets into one
     * @return the bytes of the file, UTF-8 without a newline at the end; a new array
     * @throws NullPointerException if the status is null
     */
    public static byte[] encode(Status status) {
        Objects.requireNonNull(status, "status");
        WireWriter document = new WireWriter();
        WireFormat.STATUS.write(status, document);
        return document.toByteArray();
    }

    /**
     * Returns the status in the document. Where several things are wrong, the first of these is told: bytes that are not
     * UTF-8, then a breach of JSON's syntax anywhere, then the version, then the first value of a wrong type or out of
     * range.
     *
     * @param document the bytes of the file; only read, and not kept
     * @return the status, with the three flags off
     * @throws CorruptStatusException if the bytes are no status; it says what is wrong at which byte
     * @throws UnsupportedVersionException if it is an object whose version is missing, empty or another than {@code v1}
     * @throws NullPointerException if the array is null
     */
    public static Status decode(byte[] document) {
        Objects.requireNonNull(document, "document");
        int bad = Utf8.firstInvalid(document);
        if (bad >= 0) {
            throw new CorruptStatusException("not UTF-8", bad);
        }
        return parse(document);
    }

    private static Status parse(byte[] document) {
        try (JsonParser parser = READER.createParser(document)) {
            return read(parser, document);
        }
    }

    private static Status read(JsonParser parser, byte[] document) {
        try {
            WireReader.requireObject(parser);
            return READER.readValue(parser);
        } catch (JacksonException e) {
            byte[] replaced = LoneSurrogates.replaced(document);
            if (replaced != document) {
                return parse(replaced);
            }
            // Not kept as the cause: it may quote more of the document than a message should hold.
            throw new CorruptStatusException(reason(e), offset(e, parser, document));
        }
    }

    private static String reason(JacksonException e) {
        String message = e.getOriginalMessage();
        return "not JSON: " + Excerpt.sanitize(ADVICE.matcher(message).replaceAll(""));
    }

    private static int offset(JacksonException e, JsonParser parser, byte[] document) {
        TokenStreamLocation location = e.getLocation();
        if (location == null || location.getByteOffset() < 0) {
            location = parser.currentLocation(); // too deep a nesting has no location of its own
        }
        int offset = (int) Math.min(location.getByteOffset(), document.length);
        // An unexpected character is noticed at its last byte.
        while (offset > 0 && offset < document.length && Utf8.isContinuation(document[offset])) {
            offset--;
        }
        return offset;
    }
}
