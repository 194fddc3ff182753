package io.containerstatus;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a document with Jackson's streaming parsers.
 *
 * <p>The result depends on the document alone, and no document that {@link StatusCodec#encode} gives meets a limit.
 * Jackson's parser of bytes is the faster one, but it keeps the names that it has read in a table. All parsers of a
 * factory share the table, and a parser fails if too many names in it have colliding hashes. Therefore this parser reads
 * only documents without long names that are short. When it meets any limit, or the document is long, Jackson's parser
 * of chars reads the document instead. It keeps no names.
 *
 * <p>Jackson's limits, and what became of each:
 *
 * <ul>
 *   <li>Document length, token count, string length: set to none.
 *   <li>Name length: none for the parser of chars. The parser of bytes takes up to {@value #MAX_FAST_NAME} bytes,
 *       which bounds what the table can hold: 6000 names are the most that it shares.
 *   <li>Collisions in the table of names: only the parser of bytes has the table, and its failure is not final. The
 *       table is then dropped, so that it cannot slow down the documents after it. The table grows by copying,
 *       which is cheap for documents of up to {@value #MAX_FAST_DOCUMENT} bytes.
 *   <li>Nesting depth: 500 levels. A status that was built has five levels, in which unknown members cannot be set. Those
 *       that were read can be read again, because they stay at their level.
 *   <li>Number length: 1000 chars. The longest number that is built has 20. Unknown members have numbers that were read.
 *   <li>Scale of big numbers: never met, as numbers are not converted to decimals or big integers.
 *   <li>Text buffers: as long as an array can be, and so is the document. Recycled buffers are only memory: a parser
 *       reads nothing that it has not written, and buffers that grew beyond Jackson's bound are not recycled.
 *   <li>Length of excerpts in messages: {@link Excerpt} has a lower one.
 * </ul>
 *
 * <p>This class, and what it calls for reading, is all that needs Jackson. It is not initialized before a document is
 * read.
 */
final class DocumentParser {
    /** The longest document, in bytes, that the parser of bytes reads. */
    static final int MAX_FAST_DOCUMENT = 16 * 1024;

    /** The longest name, in bytes, that the parser of bytes reads. */
    static final int MAX_FAST_NAME = 256;

    private static final int MAX_DEPTH = 500;
    private static final int MAX_NUMBER = 1000;
    private static final long NO_LIMIT = -1;

    private static final JsonFactory CHARS = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .streamReadConstraints(limits(Integer.MAX_VALUE))
            .build();

    private static volatile JsonFactory bytes = newFactoryOfBytes();

    /** What Jackson's messages say of Jackson's own settings and positions; no reader of a status can use it. */
    private static final Pattern ADVICE =
            Pattern.compile(": [^:]*enabl.*| \\(start marker .*| \\(for .*|: maybe .*|, from `[^`]*`", Pattern.DOTALL);

    private DocumentParser() {}

    private static JsonFactory newFactoryOfBytes() {
        return JsonFactory.builder()
                // Otherwise a byte-order mark and whole UTF-16 documents pass, and zeroes have the offset -1.
                .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                .streamReadConstraints(limits(MAX_FAST_NAME))
                .build();
    }

    private static StreamReadConstraints limits(int maxName) {
        return StreamReadConstraints.builder()
                .maxDocumentLength(NO_LIMIT)
                .maxTokenCount(NO_LIMIT)
                .maxNameLength(maxName)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNestingDepth(MAX_DEPTH)
                .maxNumberLength(MAX_NUMBER)
                .build();
    }

    /**
     * Returns the status in the document.
     *
     * @param document valid UTF-8
     * @throws CorruptStatusException if it is no status
     * @throws UnsupportedVersionException if it is a status of another version
     */
    static Status parse(byte[] document) {
        Status status = document.length > MAX_FAST_DOCUMENT ? null : parseBytes(document, document);
        return status == null ? parseChars(document) : status;
    }

    /**
     * Reads the document from its bytes.
     *
     * @param legible the document without escaped halves of surrogate pairs, if Jackson has refused these
     * @return the status, or null if a limit of the parser was met
     */
    private static @Nullable Status parseBytes(byte[] document, byte[] legible) {
        DocumentPositions positions = new DocumentPositions(document);
        try (JsonParser parser = bytes.createParser(ObjectReadContext.empty(), legible)) {
            try {
                return read(parser, positions);
            } catch (StreamConstraintsException e) {
                bytes = newFactoryOfBytes();
                return null;
            } catch (JacksonException e) {
                byte[] replaced = LoneSurrogates.replaced(legible);
                if (replaced != legible) {
                    return parseBytes(document, replaced);
                }
                throw corrupt(e, parser, positions);
            }
        }
    }

    /** Reads the document from its chars, with the limits that a document really has. */
    static Status parseChars(byte[] document) {
        return parseChars(document, document);
    }

    private static Status parseChars(byte[] document, byte[] legible) {
        DocumentPositions positions = new DocumentPositions(document);
        char[] chars = new String(legible, StandardCharsets.UTF_8).toCharArray();
        try (JsonParser parser = CHARS.createParser(ObjectReadContext.empty(), chars, 0, chars.length)) {
            try {
                return read(parser, positions);
            } catch (JacksonException e) {
                byte[] replaced = LoneSurrogates.replaced(legible);
                if (replaced != legible) {
                    return parseChars(document, replaced);
                }
                throw corrupt(e, parser, positions);
            }
        }
    }

    /**
     * Reads a whole document that is an object. It goes to the end before it judges: a breach of JSON's syntax anywhere
     * tells more than the version, and the version more than a single value.
     */
    private static Status read(JsonParser parser, DocumentPositions positions) {
        WireReader in = new WireReader(parser, positions);
        in.requireObject();
        Status.Builder status = WireFormat.STATUS.readFields(in);
        in.requireEnd();
        in.requireGood();
        return status.build();
    }

    private static CorruptStatusException corrupt(JacksonException e, JsonParser parser, DocumentPositions positions) {
        // Not kept as the cause: it may quote more of the document than a message should hold.
        return new CorruptStatusException(reason(e), offset(e, parser, positions));
    }

    private static String reason(JacksonException e) {
        String message = e.getOriginalMessage();
        return "not JSON: " + Excerpt.sanitize(ADVICE.matcher(message).replaceAll(""));
    }

    private static int offset(JacksonException e, JsonParser parser, DocumentPositions positions) {
        TokenStreamLocation location = e.getLocation();
        if (location == null || (location.getByteOffset() < 0 && location.getCharOffset() < 0)) {
            location = parser.currentLocation(); // too deep a nesting has no location of its own
        }
        int offset = positions.indexOf(location);
        byte[] document = positions.document();
        // An unexpected character is noticed at its last byte.
        while (offset > 0 && offset < document.length && Utf8.isContinuation(document[offset])) {
            offset--;
        }
        return offset;
    }
}
