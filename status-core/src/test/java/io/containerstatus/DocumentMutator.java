package io.containerstatus;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;

/**
 * Damages documents as disks, editors and attackers do. The source of random numbers determines all of it.
 */
final class DocumentMutator {
    private static final int MOST_MUTATIONS = 4;
    private static final int LONGEST_DOCUMENT = 1 << 16;

    /** Tokens that are hard for a scanner; one char is one byte. */
    private static final String[] TOKENS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u",
        "\\ud83d",
        "\\ude00",
        "\\u0000",
        "\\u017f",
        "\\\"",
        "null",
        "true",
        "-0",
        "-1",
        "0",
        "00",
        "1.0",
        "1e5",
        "1E400",
        "4294967296",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999",
        "\0",
        "\0\0\0\0\0\0\0\0",
        "\u007f",
        "\u00ef\u00bb\u00bf",
        "\u00c0\u0080",
        "\u00ed\u00a0\u0080",
        "\u00e2\u0080\u00a8",
        "\u00f0\u009f\u0098\u0080",
        "\u00ff",
        "\u00c5\u00bf",
        "\u00e2\u0084\u00aa",
        "\"Version\":\"v1\",",
        "\"Version\":\"v2\",",
        "\"Pid\":",
        "\"pid\":7,",
        "\"Restore\":true,",
        "\"restore\":",
        "\"New\":[1,{\"a\":null}],",
        "\"\\ud83d\":\"\\ude00\",",
        "\"Resources\":{\"linux\":{\"unified\":{",
        "\"hugepage_limits\":[null,{}],",
        "\"limit\":",
        "/*",
        "//",
        "NaN",
        "+",
        "\n",
        "\t ",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "{\"a\":"
    };

    private final List<byte[]> corpus;
    private final Random random;

    DocumentMutator(List<byte[]> corpus, Random random) {
        this.corpus = corpus;
        this.random = random;
    }

    /** Returns a document of the corpus with one to a few damages. */
    byte[] next() {
        byte[] document =
                random.nextInt(4) == 0 ? withUnknownMembers() : anyDocument().clone();
        for (int left = 1 + random.nextInt(MOST_MUTATIONS); left > 0; left--) {
            document = mutated(document);
        }
        return document.length > LONGEST_DOCUMENT ? Arrays.copyOf(document, LONGEST_DOCUMENT) : document;
    }

    private byte[] withUnknownMembers() {
        String document = new String(anyDocument(), UTF_8);
        try {
            return UnknownMembers.insertedInto(document, () -> random.nextBoolean() ? "" : UnknownMembers.any(random))
                    .getBytes(UTF_8);
        } catch (NoSuchElementException | StringIndexOutOfBoundsException e) {
            return document.getBytes(UTF_8); // its braces or quotes do not match
        }
    }

    private byte[] mutated(byte[] document) {
        int from = random.nextInt(document.length + 1);
        int to = from + random.nextInt(Math.min(document.length - from, 40) + 1);
        return switch (random.nextInt(10)) {
            case 0 -> withBitFlipped(document);
            case 1 -> withByteReplaced(document);
            case 2 -> Arrays.copyOf(document, from);
            case 3 -> spliced(document, from, new byte[0], to);
            case 4 -> spliced(document, to, Arrays.copyOfRange(document, from, to), to);
            case 5 -> spliced(document, from, new byte[to - from], to);
            case 6 -> spliced(document, from, part(anyDocument()), to);
            case 7 -> spliced(document, from, repeated(anyToken()), from);
            default -> spliced(document, from, anyToken(), random.nextBoolean() ? from : to);
        };
    }

    private byte[] withBitFlipped(byte[] document) {
        if (document.length > 0) {
            document[random.nextInt(document.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return document;
    }

    private byte[] withByteReplaced(byte[] document) {
        if (document.length > 0) {
            document[random.nextInt(document.length)] = (byte) random.nextInt(256);
        }
        return document;
    }

    private byte[] anyDocument() {
        return corpus.get(random.nextInt(corpus.size()));
    }

    private byte[] anyToken() {
        return TOKENS[random.nextInt(TOKENS.length)].getBytes(ISO_8859_1);
    }

    private byte[] part(byte[] document) {
        int from = random.nextInt(document.length + 1);
        return Arrays.copyOfRange(document, from, from + random.nextInt(document.length - from + 1));
    }

    private byte[] repeated(byte[] token) {
        return new String(token, ISO_8859_1).repeat(1 << random.nextInt(12)).getBytes(ISO_8859_1);
    }

    /** Returns the document with the bytes between two indexes replaced with these. */
    private static byte[] spliced(byte[] document, int from, byte[] middle, int to) {
        byte[] result = Arrays.copyOf(document, from + middle.length + document.length - to);
        System.arraycopy(middle, 0, result, from, middle.length);
        System.arraycopy(document, to, result, from + middle.length, document.length - to);
        return result;
    }
}
