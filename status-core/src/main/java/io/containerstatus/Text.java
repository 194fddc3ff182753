package io.containerstatus;

import java.util.Comparator;

/** Makes strings well-formed, as the wire format needs them, and orders them. */
final class Text {
    /**
     * Orders strings by their UTF-8 bytes, which is the order of their code points. Go sorts the keys of maps
     * in this order.
     */
    static final Comparator<String> UTF8_ORDER = Text::compareCodePoints;

    private static final char REPLACEMENT = '\uFFFD';

    private Text() {}

    /**
     * Returns the text with every unpaired surrogate replaced with U+FFFD. If there is none, returns the
     * same instance.
     */
    static String wellFormed(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int bad = unpairedSurrogate(text, 0);
        if (bad < 0) {
            return text;
        }
        char[] chars = text.toCharArray();
        for (; bad >= 0; bad = unpairedSurrogate(text, bad + 1)) {
            chars[bad] = REPLACEMENT;
        }
        return new String(chars);
    }

    private static int unpairedSurrogate(String text, int from) {
        int i = from;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                i++;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i += 2;
            } else {
                return i;
            }
        }
        return -1;
    }

    private static int compareCodePoints(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                // In well-formed text, a surrogate that differs from a plain char is the first half of a
                // pair. The code point of a pair is above those of all plain chars.
                boolean pairA = Character.isSurrogate(a);
                boolean pairB = Character.isSurrogate(b);
                return pairA == pairB ? Character.compare(a, b) : Boolean.compare(pairA, pairB);
            }
        }
        return Integer.compare(left.length(), right.length());
    }
}
