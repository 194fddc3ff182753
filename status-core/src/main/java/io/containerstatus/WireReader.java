package io.containerstatus;

import io.containerstatus.AdditionalProperties.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads one document. A value of a wrong type does not end the reading. The reader remembers the fault and
 * skips the value, because a later syntax error, or another version, says more about the document.
 */
final class WireReader {
    private static final String MAX_UINT64 = Long.toUnsignedString(-1);

    private final JsonParser parser;
    private final DocumentPositions positions;
    private String version = "";
    private boolean versionMistyped;
    private @Nullable String fault;
    private long faultOffset;
    private long number;

    WireReader(JsonParser parser, DocumentPositions positions) {
        this.parser = parser;
        this.positions = positions;
    }

    /** Advances to the next key of the current object, and returns it; null at the end of the object. */
    @Nullable
    String nextKey() {
        return parser.nextName();
    }

    /** Advances from a key to its value. */
    void nextValue() {
        parser.nextToken();
    }

    /** Skips the value of the current key, and adds the key and the value exactly as in the document. */
    void readMember(String key, AdditionalProperties.Collector members) {
        byte[] document = positions.document();
        int keyStart = positions.indexOf(parser.currentTokenLocation());
        Span keySpan = new Span(keyStart, endOfText(document, keyStart));
        parser.nextToken();
        int valueStart = positions.indexOf(parser.currentTokenLocation());
        parser.skipChildren();
        parser.finishToken();
        Span valueSpan = new Span(valueStart, positions.indexOf(parser.currentLocation()));
        members.add(key, document, keySpan, valueSpan);
    }

    /** Returns the index after the closing quote of the string that begins at this index. */
    private static int endOfText(byte[] document, int start) {
        int i = start + 1;
        while (document[i] != '"') {
            i += document[i] == '\\' ? 2 : 1;
        }
        return i + 1;
    }

    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    /**
     * Advances into the document. If it is not an object, fails at once, because no part of it can be read.
     */
    void requireObject() {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw new CorruptStatusException("the document is empty", positions.indexOf(parser.currentLocation()));
        }
        if (first != JsonToken.START_OBJECT) {
            CorruptStatusException mistyped =
                    new CorruptStatusException("the document is " + describe(first) + ", not an object", offset());
            parser.skipChildren();
            requireEnd();
            throw mistyped;
        }
    }

    void requireEnd() {
        if (parser.nextToken() != null) {
            throw new CorruptStatusException("content after the end of the document", offset());
        }
    }

    /** Checks the version first, and then reports the remembered fault of a value, if there is one. */
    void requireGood() {
        if (!versionMistyped && !version.equals(WireFormat.VERSION)) {
            throw new UnsupportedVersionException(version);
        }
        if (fault != null) {
            throw new CorruptStatusException(fault, faultOffset);
        }
    }

    void readVersion() {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            version = parser.getString();
        } else if (token != JsonToken.VALUE_NULL && !versionMistyped) {
            versionMistyped = true;
            fault = null;
            mistyped("a string");
        }
    }

    /** Returns whether the value is an integer of this type. If it is, {@link #number} returns it. */
    boolean readNumber(WireNumber kind) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return kind.isUnsigned() ? readUnsigned(kind) : readSigned(kind);
        }
        if (token != JsonToken.VALUE_NULL) {
            mistyped("an integer");
        }
        return false;
    }

    long number() {
        return number;
    }

    private boolean readSigned(WireNumber kind) {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            return outOfRange(kind);
        }
        number = parser.getLongValue();
        return kind.contains(number) || outOfRange(kind);
    }

    private boolean readUnsigned(WireNumber kind) {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            return kind == WireNumber.UINT64 ? readBeyondLong() : outOfRange(kind);
        }
        number = parser.getLongValue();
        // Go accepts no sign here, not even in "-0".
        boolean negativeZero = number == 0 && parser.getStringLength() > 1;
        return (kind.contains(number) && !negativeZero) || outOfRange(kind);
    }

    private boolean readBeyondLong() {
        int length = parser.getStringLength();
        if (length > MAX_UINT64.length()) {
            return outOfRange(WireNumber.UINT64);
        }
        String digits = parser.getString();
        boolean tooGreat = length == MAX_UINT64.length() && digits.compareTo(MAX_UINT64) > 0;
        if (tooGreat || digits.startsWith("-")) {
            return outOfRange(WireNumber.UINT64);
        }
        number = Long.parseUnsignedLong(digits);
        return true;
    }

    private boolean outOfRange(WireNumber kind) {
        if (fault == null) {
            fault(path() + " is not in " + kind.range() + ": " + Excerpt.quote(parser.getString()));
        }
        return false;
    }

    /** Returns the value as a string. Returns null if it is null, or if it is no string, which is a fault. */
    @Nullable
    String readText() {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            return parser.getString();
        }
        if (token != JsonToken.VALUE_NULL) {
            mistyped("a string");
        }
        return null;
    }

    /**
     * Returns the value as a boolean. Returns null if it is null, or if it is no boolean, which is a fault.
     */
    @Nullable
    Boolean readFlag() {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return token == JsonToken.VALUE_TRUE;
        }
        if (token != JsonToken.VALUE_NULL) {
            mistyped("a boolean");
        }
        return null;
    }

    /** Returns whether the value is an object, and advances into it. If it is no object, that is a fault. */
    boolean beginObject() {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            return true;
        }
        mistyped("an object");
        return false;
    }

    /**
     * Returns the elements of the list, without nulls. Returns null if the value is no list, which is
     * a fault.
     */
    <E> @Nullable List<E> readList(WireObject<E, ?> element) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            mistyped("an array");
            return null;
        }
        List<E> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (!isNull() && beginObject()) {
                elements.add(element.read(this));
            }
        }
        return elements;
    }

    /** Returns the strings of the object by key. Returns null if the value is no object, which is a fault. */
    @Nullable
    Map<String, String> readTexts() {
        if (!beginObject()) {
            return null;
        }
        List<Map.Entry<String, String>> entries = new ArrayList<>();
        for (String key = nextKey(); key != null; key = nextKey()) {
            nextValue();
            String text = readText();
            entries.add(Map.entry(key, text == null ? "" : text));
        }
        return SortedTexts.of(entries);
    }

    private void mistyped(String expected) {
        if (fault == null) {
            fault(path() + " is " + describe(parser.currentToken()) + ", not " + expected);
        }
        parser.skipChildren();
    }

    private void fault(String what) {
        fault = what;
        faultOffset = offset();
    }

    private long offset() {
        return positions.indexOf(parser.currentTokenLocation());
    }

    private String path() {
        return Excerpt.quote(parser.streamReadContext().pathAsPointer().toString());
    }

    private static String describe(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "an integer";
            case VALUE_NUMBER_FLOAT -> "a number with a fraction or an exponent";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            default -> "null";
        };
    }
}
