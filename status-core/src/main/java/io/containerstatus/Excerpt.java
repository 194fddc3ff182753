package io.containerstatus;

import org.jspecify.annotations.Nullable;

/** Prepares foreign text for messages: it limits the length and escapes control characters. */
final class Excerpt {
    private static final int MAX_QUOTED = 80;
    private static final int MAX_MESSAGE = 240;

    private Excerpt() {}

    /** Returns the beginning of the text in quotes. Everything outside printable ASCII is escaped. */
    static String quote(String text) {
        return '"' + escape(text, "\"\\", MAX_QUOTED) + '"';
    }

    /**
     * Returns the beginning of a message that may contain foreign text. Everything outside printable ASCII
     * is escaped.
     */
    static String sanitize(String message) {
        return escape(message, "", MAX_MESSAGE);
    }

    private static String escape(String text, String special, int limit) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (escaped.length() >= limit) {
                return escaped.append('…').toString();
            }
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                escaped.append(String.format("\\u%04x", (int) c));
            } else {
                escaped.append(special.indexOf(c) < 0 ? "" : "\\").append(c);
            }
        }
        return escaped.toString();
    }

    static String located(String message, @Nullable String location) {
        return location == null ? message : location + ": " + message;
    }
}
