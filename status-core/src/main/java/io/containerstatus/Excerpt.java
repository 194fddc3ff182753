package io.containerstatus;

import org.jspecify.annotations.Nullable;

/** Foreign text in messages: bounded, and without control characters. */
final class Excerpt {
    private static final int MAX_QUOTED = 80;
    private static final int MAX_MESSAGE = 240;

    private Excerpt() {}

    /** Returns the beginning of the text in quotes, with everything outside printable ASCII escaped. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        int end = Math.min(text.length(), MAX_QUOTED);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\');
            }
            append(c, quoted);
        }
        return quoted.append(end < text.length() ? "…\"" : "\"").toString();
    }

    /** Returns the beginning of a message that may hold foreign text, with everything outside printable ASCII escaped. */
    static String sanitize(String message) {
        StringBuilder sanitized = new StringBuilder();
        int end = Math.min(message.length(), MAX_MESSAGE);
        for (int i = 0; i < end; i++) {
            append(message.charAt(i), sanitized);
        }
        return sanitized.append(end < message.length() ? "…" : "").toString();
    }

    private static void append(char c, StringBuilder text) {
        if (c >= 0x20 && c < 0x7F) {
            text.append(c);
        } else {
            text.append(String.format("\\u%04x", (int) c));
        }
    }

    static String located(String message, @Nullable String location) {
        return location == null ? message : location + ": " + message;
    }
}
