package io.containerstatus;

import static io.containerstatus.BadDocuments.FAULT;
import static io.containerstatus.BadDocuments.LONGEST_MESSAGE;
import static io.containerstatus.BadDocuments.assertCorrupt;
import static io.containerstatus.BadDocuments.corrupt;
import static io.containerstatus.BadDocuments.decode;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests bytes that are not JSON, and hostile JSON: the reason and the offset of the failure, and the bound of
 * its message.
 */
class CodecHostileBytesTest {

    @Nested
    class Encodings {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "80",
                    "bf",
                    "c0 80",
                    "c1 bf",
                    "c3",
                    "c3 28",
                    "e2 82",
                    "e0 9f bf",
                    "ed a0 80",
                    "ed bf bf",
                    "ed a0 bd ed b8 80",
                    "f0 9f 98",
                    "f0 8f bf bf",
                    "f4 90 80 80",
                    "f5 80 80 80",
                    "fe",
                    "ff"
                })
        void invalidUtf8IsCorruptAtEachOffset(String hex) {
            byte[] bad = HexFormat.ofDelimiter(" ").parseHex(hex);
            for (String around : new String[] {
                "{\"Version\":\"v1\",\"Reason\":\"^\"}",
                "{\"Version\":\"v1\",\"Reason\":\"é😀^",
                "{\"Version\":\"v1\",\"^\":1}",
                "{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"unified\":{\"^\":\"x\"}}}}",
                "^{\"Version\":\"v1\"}",
                "{\"Version\":\"v1\"}^",
                "^",
                "{\"Version\":\"v1\",\"Message\":\"" + "é".repeat(3000) + "^" + "x".repeat(3000) + "\"}",
            }) {
                int at = around.substring(0, around.indexOf(FAULT)).getBytes(UTF_8).length;
                assertThat(corrupt(spliced(around, bad)))
                        .as(around)
                        .returns("not UTF-8", CorruptStatusException::reason)
                        .returns((long) at, CorruptStatusException::offset);
            }
        }

        @Test
        void latin1IsCorrupt() {
            byte[] document = "{\"Version\":\"v1\",\"Reason\":\"caf\u00e9\"}".getBytes(ISO_8859_1);

            assertThat(corrupt(document).offset()).isEqualTo(29);
        }

        @Test
        void byteOrderMarkIsCorrupt() {
            assertCorrupt("^\uFEFF{\"Version\":\"v1\"}", "not JSON");
        }

        @Test
        void utf16IsCorrupt() {
            String document = "{\"Version\":\"v1\"}";

            assertThat(corrupt(document.getBytes(UTF_16)).offset()).isZero();
            assertThat(corrupt(document.getBytes(UTF_16BE)).offset()).isZero();
            assertThat(corrupt(document.getBytes(UTF_16LE)).offset()).isEqualTo(1);
        }
    }

    @Nested
    class TornFiles {

        @Test
        void emptyOneIsCorrupt() {
            assertCorrupt("^", "the document is empty");
            assertCorrupt(" \r\n\t^", "the document is empty");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 3, 512, 4096, 100_000})
        void zeroedOneIsCorrupt(int length) {
            assertThat(corrupt(new byte[length]).offset()).isZero();
        }

        @Test
        void zeroesAtTheEndAreCorrupt() {
            assertCorrupt("{\"Version\":\"v1\"}^\0\0\0", "not JSON");
        }

        @Test
        void everyTruncationIsCorrupt() {
            for (TestData.RealFile file : TestData.realFiles()) {
                for (int length = 0; length < file.size(); length++) {
                    CorruptStatusException e = corrupt(Arrays.copyOf(file.document(), length));
                    assertThat(e.offset()).as(file.name()).isBetween(0L, (long) length);
                }
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"Version\":\"v1^",
                    "{\"Version\":\"v1\"^",
                    "{\"Version\":\"v1\",^",
                    "{\"Version\":^",
                    "{\"Version\":\"v1\",\"Pi^",
                    "{^",
                    "{\"Version\":\"v1\",\"Pid\":1^"
                })
        void endIsReportedWithItsOffset(String document) {
            assertCorrupt(document, "not JSON: Unexpected end-of-input");
        }
    }

    @Nested
    class Syntax {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"Version\":\"v1\"}^,",
                    "{\"Version\":\"v1\",^}",
                    "{^'Version':'v1'}",
                    "{^Version:\"v1\"}",
                    "{\"Version\":\"v1\"^/*c*/}",
                    "{\"Version\":\"v1\"}^//c",
                    "{\"Version\":\"v1\",\"Pid\":^.5}",
                    "{\"Version\":\"v1\",\"New\":[1,2^}",
                    "{\"Version\":\"v1\",\"Reason\":\"a^\u0001b\"}",
                    "^\u000b{\"Version\":\"v1\"}",
                    "^\u2028{\"Version\":\"v1\"}",
                    "{\"Version\":\"v1\",\"Reason\":\"\\^x41\"}",
                    "{\"Version\":\"v1\"^;\"Pid\":1}"
                })
        void breachIsReportedWithItsOffset(String document) {
            assertCorrupt(document, "not JSON");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"NaN", "Infinity", "+1", "01", "-", "1.", "1e", "0x10", "nul", "TRUE", "undefined", "// c"})
        void messageHasNoAdviceOnTheParser(String value) {
            assertThat(corrupt(("{\"Version\":\"v1\",\"Pid\":" + value + "}").getBytes(UTF_8)))
                    .hasMessageStartingWith("not a container status: not JSON: ")
                    .message()
                    .doesNotContain("ALLOW_", "Feature", "REDACTED", "StreamRead", "tools.jackson");
        }
    }

    @Nested
    class HostileDocuments {

        @Test
        void deepNestingIsCorruptFromLevel501On() {
            assertThat(decode(nested(499))).isNotNull();
            assertCorruptMessage(nested(500).getBytes(UTF_8), "nesting");
            assertCorruptMessage(nested(1 << 20).getBytes(UTF_8), "nesting");
            assertCorruptMessage("{\"a\":".repeat(200_000).getBytes(UTF_8), "nesting");
            assertCorruptMessage("[".repeat(1 << 20).getBytes(UTF_8), "nesting");
        }

        @Test
        void tooDeepNestingIsReportedWithItsOffset() {
            String open = "{\"Version\":\"v1\",\"New\":";

            assertThat(corrupt(nested(600).getBytes(UTF_8)).offset())
                    .isBetween(open.length() + 499L, open.length() + 501L);
        }

        @ParameterizedTest
        @ValueSource(strings = {"New", "Pid", "CreatedAt"})
        void longNumbersAreCorrupt(String field) {
            String open = "{\"Version\":\"v1\",\"" + field + "\":";

            assertCorruptMessage((open + "9".repeat(1001) + "}").getBytes(UTF_8), "Number value length");
            assertCorruptMessage((open + "9".repeat(1 << 20) + "}").getBytes(UTF_8), "Number value length");
        }

        @Test
        void noTextIsTooLongToBeReadAgain() {
            String mebibyte = "€".repeat(1 << 20);
            Status status = Status.builder()
                    .createdAt(Instant.EPOCH.plusNanos(1))
                    .message(mebibyte)
                    .resources(new ContainerResources(
                            LinuxContainerResources.builder()
                                    .unified(Map.of(mebibyte, mebibyte))
                                    .build(),
                            null))
                    .build();

            assertThat(StatusCodec.decode(StatusCodec.encode(status))).isEqualTo(status);
            assertThat(decode("{\"Version\":\"v1\",\"" + "n".repeat(1 << 20) + "\":1}"))
                    .isNotNull();
        }

        @Test
        void everyMessageIsBoundedAndPrintable() {
            String mebibyte = "\u001b[31m\n\u202e".repeat(1 << 17);
            for (String document : new String[] {
                mebibyte,
                "{\"Version\":\"v1\"," + mebibyte,
                "{\"Version\":\"v1\",\"Pid\":x" + mebibyte,
                "{\"Version\":\"v1\",\"Pid\":nul" + "l".repeat(1 << 20),
                "{\"Version\":\"v1\",\"Pid\":\"" + GoString.quote(mebibyte).substring(1) + "}",
                "{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"unified\":{"
                        + GoString.quote(mebibyte.substring(0, 9_999)) + ":1}}}}",
                "{\"Version\":\"v1\",\"Reason\":[" + "1,".repeat(1 << 19) + "1]}",
                "{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"hugepage_limits\":[" + "1,".repeat(1 << 19) + "1]}}}",
            }) {
                CorruptStatusException e = corrupt(document.getBytes(UTF_8));
                assertThat(e.getMessage()).hasSizeLessThan(LONGEST_MESSAGE).matches("[ -~…]*");
                assertThat(e).hasNoCause();
            }
        }

        @Test
        void manyKeysOfOneHashAreRead() {
            // "Aa" and "BB" have the same hash: all of these have.
            StringBuilder document = new StringBuilder("{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"unified\":{");
            IntStream.range(0, 1 << 14).forEach(i -> {
                for (int bit = 0; bit < 14; bit++) {
                    document.append(bit == 0 ? "\"" : "").append((i >> bit & 1) == 0 ? "Aa" : "BB");
                }
                document.append("\":\"\",");
            });
            document.setLength(document.length() - 1);
            Status status = decode(document.append("}}}}").toString());

            assertThat(status.resources().linux().unified()).hasSize(1 << 14);
        }

        private static String nested(int levels) {
            return "{\"Version\":\"v1\",\"New\":" + "[".repeat(levels) + "]".repeat(levels) + "}";
        }

        private static void assertCorruptMessage(byte[] document, String part) {
            assertThat(corrupt(document)).hasMessageContaining(part).message().hasSizeLessThan(LONGEST_MESSAGE);
        }
    }

    private static byte[] spliced(String around, byte[] bad) {
        int at = around.indexOf(FAULT);
        ByteArrayOutputStream document = new ByteArrayOutputStream();
        document.writeBytes(around.substring(0, at).getBytes(UTF_8));
        document.writeBytes(bad);
        document.writeBytes(around.substring(at + 1).getBytes(UTF_8));
        return document.toByteArray();
    }
}
