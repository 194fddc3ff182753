package io.containerstatus;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Inserts members that no containerd writes into the objects of a document, including nested ones. */
final class UnknownMembers {
    /** Keys as in a document. No object has a field of this name. */
    static final List<String> KEYS = List.of(
            "\"New\"",
            "\"\"",
            "\"É\"",
            "\"x\\u0041\"",
            "\"\\u0000\"",
            "\"\\ud83d\"",
            "\"\\ud83d\\ude00\"",
            "\"a\\\"b\\\\\"",
            "\"Foo.Bar\"",
            "\"PiD2\"",
            "\"" + "n".repeat(300) + "\"");

    /** Values as in a document. */
    static final List<String> VALUES = List.of(
            "null",
            "true",
            "-0",
            "-12",
            "1.5e3",
            "1E+400",
            "18446744073709551616",
            "9".repeat(1000),
            "\"\"",
            "\"a<\\u003c\\/\\n\"",
            "\"\\ud83d\"",
            "\"é\ud83d\ude00\u2028\"",
            "[]",
            "{}",
            "[ 1 ,\t{\"k\" : [null, \"}\\\"\" ]}\n]",
            "{\"Pid\":\"x\",\"a\":1,\"a\":2}",
            "[".repeat(100) + "]".repeat(100));

    private UnknownMembers() {}

    /** Returns a random key with a random value. */
    static String any(Random random) {
        return KEYS.get(random.nextInt(KEYS.size())) + ":" + VALUES.get(random.nextInt(VALUES.size()));
    }

    /**
     * Returns the compact document with members added at the end of each object except {@code unified}.
     *
     * @param members returns the members for one object, separated by commas, or an empty string
     */
    static String insertedInto(String document, Supplier<String> members) {
        StringBuilder result = new StringBuilder();
        Deque<Boolean> fixedKeys = new ArrayDeque<>();
        boolean inText = false;
        for (int i = 0; i < document.length(); i++) {
            char c = document.charAt(i);
            if (inText) {
                result.append(c);
                if (c == '\\') {
                    result.append(document.charAt(++i));
                }
            } else {
                if (c == '{') {
                    fixedKeys.push(!document.startsWith("\"unified\":", i - "\"unified\":".length()));
                } else if (c == '}' && fixedKeys.pop()) {
                    String inserted = members.get();
                    boolean first = document.charAt(i - 1) == '{' || inserted.isEmpty();
                    result.append(first ? "" : ",").append(inserted);
                }
                result.append(c);
            }
            inText ^= c == '"';
        }
        return result.toString();
    }
}
