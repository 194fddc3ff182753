package io.containerstatus;

import java.util.Map;
import tools.jackson.core.JsonGenerator;

/**
 * Texts in JSON as Go's {@code encoding/json} writes them. Nearly all need no escape and go straight to the generator;
 * the others are escaped here, because Jackson's own hook for it slows down every text.
 */
final class GoString {
    private static final String HEX = "0123456789abcdef";
    private static final int ASCII = 0x80;

    private GoString() {}

    static void write(String text, JsonGenerator out) {
        if (isPlain(text)) {
            out.writeString(text);
        } else {
            StringBuilder json = new StringBuilder(text.length() + 16);
            append(text, json);
            out.writeRawValue(json.toString());
        }
    }

    /** Writes an object of the texts, of which there is at least one. */
    static void write(Map<String, String> texts, JsonGenerator out) {
        if (texts.keySet().stream().allMatch(GoString::isPlain)) {
            out.writeStartObject();
            for (Map.Entry<String, String> entry : texts.entrySet()) {
                out.writeName(entry.getKey());
                write(entry.getValue(), out);
            }
            out.writeEndObject();
        } else {
            out.writeRawValue(escaped(texts));
        }
    }

    /** A generator takes only texts as keys, no raw JSON: a key with escapes makes the whole object raw. */
    private static String escaped(Map<String, String> texts) {
        StringBuilder json = new StringBuilder();
        texts.forEach((key, value) -> {
            append(key, json.append(json.isEmpty() ? '{' : ','));
            append(value, json.append(':'));
        });
        return json.append('}').toString();
    }

    /** Returns whether the text is its own JSON form, but for the quotes. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isEscaped(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEscaped(char c) {
        if (c >= ASCII) {
            return c == '\u2028' || c == '\u2029';
        }
        return c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&';
    }

    private static void append(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isEscaped(c)) {
                appendEscape(c, json);
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    private static void appendEscape(char c, StringBuilder json) {
        json.append('\\');
        switch (c) {
            case '"', '\\' -> json.append(c);
            case '\b' -> json.append('b');
            case '\f' -> json.append('f');
            case '\n' -> json.append('n');
            case '\r' -> json.append('r');
            case '\t' -> json.append('t');
            default -> {
                json.append('u');
                for (int shift = 12; shift >= 0; shift -= 4) {
                    json.append(HEX.charAt(c >> shift & 0xF));
                }
            }
        }
    }
}
