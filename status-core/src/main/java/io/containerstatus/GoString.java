package io.containerstatus;

/**
 * Writes JSON strings as Go's {@code encoding/json} does since Go 1.22, with the escapes that make them safe
 * in HTML.
 */
final class GoString {
    private static final String HEX = "0123456789abcdef";

    private GoString() {}

    /** Returns whether the character is written as it is. */
    static boolean isPlain(char c) {
        return switch (c) {
            case '"', '\\', '<', '>', '&', '\u2028', '\u2029' -> false;
            default -> c >= ' ';
        };
    }

    /** Returns the text with quotes and escapes. */
    static String quote(String text) {
        StringBuilder json = new StringBuilder(text.length() + 16).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                json.append(c);
            } else {
                escape(c, json.append('\\'));
            }
        }
        return json.append('"').toString();
    }

    private static void escape(char c, StringBuilder json) {
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
