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
 * <p>The result depends on the document alone, and no document that {@link StatusCodec#encode} returns
 * exceeds a limit. Jackson's byte parser is the faster one, but it keeps the names that it has read in a
 * table. All parsers of a factory share the table, and a parser fails if the hashes of too many names in it
 * collide. Therefore the byte parser reads only short documents without long names. If a document is long,
 * or if it exceeds a limit of the byte parser, Jackson's char parser reads it instead. The char parser keeps
 * no names.
 *
 * <p>Jackson's limits, and how this class handles each:
 *
 * <ul>
 *   <li>Document length, token count, string length: no limit.
 *   <li>Name length: no limit for the char parser. The byte parser accepts names of up to
 *       {@value #MAX_FAST_NAME} bytes. This bounds the size of the table, which shares at most 6000 names.
 *   <li>Collisions in the table of names: only the byte parser has the table, and its failure is not final.
 *       After such a failure, the table is dropped, so that it cannot slow down later documents. The table
 *       grows by copying, which is cheap for documents of up to {@value #MAX_FAST_DOCUMENT} bytes.
 *   <li>Nesting depth: 500 levels. A status that was built has five levels, because unknown members cannot be
 *       set. A status that was read can be read again, because its unknown members stay at their level.
 *   <li>Number length: 1000 chars. The longest number of a status that was built has 20 chars. The numbers in
 *       unknown members come from a document that was read.
 *   <li>Scale of big numbers: never exceeded, because numbers are not converted to decimals or big integers.
 *   <li>Text buffers: as long as an array can be, which also limits the document. Recycled buffers carry
 *       nothing over: a parser reads only what it has written. Buffers that have grown beyond Jackson's bound
 *       are not recycled.
 *   <li>Length of excerpts in messages: {@link Excerpt} has a lower limit.
 * </ul>
 *
 * <p>In this package, only this class and the code that it calls to read need Jackson. The class is not
 * initialized before a document is read.
 */
final class DocumentParser {
    /** The length of the longest document that the byte parser reads, in bytes. */
    static final int MAX_FAST_DOCUMENT = 16 * 1024;

    /** The length of the longest name that the byte parser reads, in bytes. */
    static final int MAX_FAST_NAME = 256;

    private static final int MAX_DEPTH = 500;
    private static final int MAX_NUMBER = 1000;
    private static final long NO_LIMIT = -1;

    private static final JsonFactory CHARS = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .streamReadConstraints(limits(Integer.MAX_VALUE))
            .build();

    private static volatile JsonFactory bytes = newFactoryOfBytes();

    /**
     * The parts of Jackson's messages that are about its own settings and positions. They do not help a reader of
     * a status.
     */
    private static final Pattern ADVICE =
            Pattern.compile(": [^:]*enabl.*| \\(start marker .*| \\(for .*|: maybe .*|, from `[^`]*`", Pattern.DOTALL);

    private DocumentParser() {}

    private static JsonFactory newFactoryOfBytes() {
        return JsonFactory.builder()
                // Otherwise Jackson accepts a byte-order mark and UTF-16 documents, and reports zeros at the
                // offset -1.
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
     * @throws CorruptStatusException if the document is not a status
     * @throws UnsupportedVersionException if the document is a status of another version
     */
    static Status parse(byte[] document) {
        Status status = document.length > MAX_FAST_DOCUMENT ? null : parseBytes(document, document);
        return status == null ? parseChars(document) : status;
    }

    /**
     * Reads the document with the byte parser.
     *
     * @param legible the document; if Jackson has rejected it, with escaped unpaired surrogates replaced
     * @return the status, or null if the document exceeds a limit of the byte parser
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

    /** Reads the document with the char parser, whose limits apply to every document. */
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
     * Reads a complete document, which must be an object. It reads up to the end before it reports a
     * fault, because a syntax error anywhere says more than the version, and the version says more than a
     * single value.
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
        // Jackson's exception is not kept as the cause: it may quote more of the document than a
        // message should.
        return new CorruptStatusException(reason(e), offset(e, parser, positions));
    }

    private static String reason(JacksonException e) {
        String message = e.getOriginalMessage();
        return "not JSON: " + Excerpt.sanitize(ADVICE.matcher(message).replaceAll(""));
    }

    private static int offset(JacksonException e, JsonParser parser, DocumentPositions positions) {
        TokenStreamLocation location = e.getLocation();
        if (location == null || (location.getByteOffset() < 0 && location.getCharOffset() < 0)) {
            location = parser.currentLocation(); // the failure for too deep nesting has no location
        }
        int offset = positions.indexOf(location);
        byte[] document = positions.document();
        // Jackson reports an unexpected character at its last byte.
        while (offset > 0 && offset < document.length && Utf8.isContinuation(document[offset])) {
            offset--;
        }
        return offset;
    }
}
