package io.containerstatus;

import org.jspecify.annotations.Nullable;

/** Foreign text in messages: quoted, bounded, and without control characters. */
final class Excerpt {
    private static final int MAX_LENGTH = 80;

    private Excerpt() {}

    /** Returns the beginning of the text in quotes, with everything outside printable ASCII escaped. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        int end = Math.min(text.length(), MAX_LENGTH);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c >= 0x20 && c < 0x7F) {
                quoted.append(c);
            } else {
                quoted.append(String.format("\\u%04x", (int) c));
            }
        }
        return quoted.append(end < text.length() ? "…\"" : "\"").toString();
    }

    static String located(String message, @Nullable String location) {
        return location == null ? message : location + ": " + message;
    }
}
