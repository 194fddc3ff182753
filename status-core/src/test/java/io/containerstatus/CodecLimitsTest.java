package io.containerstatus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.core.sym.ByteQuadsCanonicalizer;

/**
 * Every document that was written can be read, whatever was read before. No operation takes quadratic time.
 */
@Tag("long")
class CodecLimitsTest {

    @Nested
    class CollidingKeys {
        private final Status status = withUnified(collidingKeys());

        @Test
        void haveOneHashInJacksonsTable() {
            ByteQuadsCanonicalizer table = ByteQuadsCanonicalizer.createRoot();

            assertThat(collidingKeys()).hasSize(720);
            assertThat(collidingKeys().stream()
                            .map(CollidingKeys::quads)
                            .map(quads -> table.calcHash(quads, quads.length))
                            .distinct())
                    .hasSize(1);
        }

        @Test
        void areReadAgain() {
            assertThat(StatusCodec.decode(StatusCodec.encode(status))).isEqualTo(status);
        }

        @Test
        void areReadAgainInPartsAndDoNotHarmTheDocumentsAfterThem() {
            List<String> keys = collidingKeys();
            for (int from = 0; from < keys.size(); from += 40) {
                Status part = withUnified(keys.subList(from, from + 40));
                assertThat(StatusCodec.decode(StatusCodec.encode(part))).isEqualTo(part);
            }
            Status harmless = withUnified(List.of("memory.high", "never-seen-before", keys.get(0)));

            assertThat(StatusCodec.decode(StatusCodec.encode(harmless))).isEqualTo(harmless);
        }

        @Test
        void areKeptAsUnknownMembers() {
            StringBuilder members = new StringBuilder();
            collidingKeys().forEach(key -> members.append(",\"")
                    .append(key)
                    .append("\":{\"")
                    .append(key)
                    .append("\":1}"));
            String encoded = new String(StatusCodec.encode(Status.builder().build()), UTF_8);
            String document = encoded.substring(0, encoded.length() - 1) + members + "}";

            assertThat(StatusCodec.encode(StatusCodec.decode(document.getBytes(UTF_8))))
                    .isEqualTo(document.getBytes(UTF_8));
        }

        /**
         * From the fourth group of four bytes on, Jackson's hash is a sum over the groups, so their order
         * does not matter.
         */
        private static List<String> collidingKeys() {
            List<String> keys = new ArrayList<>();
            permute("memory.high.", new ArrayList<>(List.of("aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff")), keys);
            return keys;
        }

        private static void permute(String key, List<String> left, List<String> keys) {
            if (left.isEmpty()) {
                keys.add(key);
            }
            for (String group : left) {
                List<String> rest = new ArrayList<>(left);
                rest.remove(group);
                permute(key + group, rest, keys);
            }
        }

        private static int[] quads(String key) {
            int[] quads = new int[key.length() / Integer.BYTES];
            ByteBuffer.wrap(key.getBytes(UTF_8)).asIntBuffer().get(quads);
            return quads;
        }
    }

    @Nested
    class BothParsers {

        @Property
        void readEveryStatusAlike(@ForAll(supplier = Statuses.class) Status status, @ForAll Random random) {
            String plain = new String(StatusCodec.encode(status), UTF_8);
            byte[] document = UnknownMembers.insertedInto(plain, () -> UnknownMembers.any(random))
                    .getBytes(UTF_8);

            assertThat(DocumentParser.parseChars(document)).isEqualTo(DocumentParser.parse(document));
        }

        @Test
        void judgeEveryDocumentAlike() {
            DocumentMutator mutator = new DocumentMutator(TestData.allDocuments(), new Random(20_261_128));
            for (int round = 0; round < 20_000; round++) {
                byte[] document = mutator.next();
                if (Utf8.firstInvalid(document) < 0) {
                    assertThat(outcome(() -> DocumentParser.parseChars(document)))
                            .as(() -> new String(document, UTF_8))
                            .isEqualTo(outcome(() -> DocumentParser.parse(document)));
                }
            }
        }

        /**
         * Returns the status, or the failure. The parsers describe a syntax error differently, so its text is
         * left out.
         */
        private static Object outcome(java.util.function.Supplier<Status> parse) {
            try {
                return parse.get();
            } catch (CorruptStatusException e) {
                return e.reason().startsWith("not JSON") ? "not JSON" : e.getMessage();
            } catch (UnsupportedVersionException e) {
                return e.getMessage();
            }
        }

        @Test
        void reportTheSameOffset() {
            for (String text : new String[] {"é\ud83d\ude00\u2028", "x", "\\ud83d"}) {
                String open = "{\"Version\":\"v1\",\"Reason\":\"" + text + "\",\"N\":{\"" + text + "\":1},\"Pid\":";
                for (String rest : new String[] {"[]}", "x}", "1} 2", "\"", "1,\"\u00ff\":\u2028}"}) {
                    byte[] document = (open + rest).getBytes(UTF_8);
                    CorruptStatusException expected = BadDocuments.corrupt(document);
                    assertThatExceptionOfType(CorruptStatusException.class)
                            .isThrownBy(() -> DocumentParser.parseChars(document))
                            .satisfies(e -> assertThat(e.offset()).isEqualTo(expected.offset()));
                }
            }
        }
    }

    @Nested
    class Sizes {

        @Test
        void ofEveryTextAndKeyAreReadAgain() {
            for (int length : new int[] {
                DocumentParser.MAX_FAST_NAME,
                DocumentParser.MAX_FAST_NAME + 1,
                50_001,
                DocumentParser.MAX_FAST_DOCUMENT + 1,
                1 << 20
            }) {
                Status status = withUnified(List.of("k".repeat(length), "é".repeat(length))).toBuilder()
                        .message("\u2028".repeat(length))
                        .build();
                assertThat(StatusCodec.decode(StatusCodec.encode(status))).isEqualTo(status);
            }
        }

        @Test
        void ofWhatIsKeptAreReadAgainUpToTheLimitsOfReading() {
            // The deepest level of the known fields is the fifth: an element of a list.
            String deepest = "[".repeat(495) + "]".repeat(495);
            String document = "{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"hugepage_limits\":[{\"n\":" + deepest
                    + ",\"m\":" + "9".repeat(1000) + "}]}}}";

            Status status = StatusCodec.decode(document.getBytes(UTF_8));

            assertThat(StatusCodec.decode(StatusCodec.encode(status))).isEqualTo(status);
            assertThat(BadDocuments.corrupt(
                            document.replace(deepest, "[" + deepest + "]").getBytes(UTF_8)))
                    .hasMessageContaining("nesting");
        }

        @Property
        void areBoundedByWhatIsComputedWithoutEncoding(@ForAll(supplier = Statuses.class) Status status) {
            assertThat((long) StatusCodec.encode(status).length)
                    .isLessThanOrEqualTo(StatusCodec.maxEncodedLength(status));
        }

        @Test
        void areBoundedForTheLongestFormOfEachText() {
            for (char c : new char[] {'<', '\0', '\u2028', '\uffff', '"', 'a'}) {
                String text = String.valueOf(c).repeat(1000);
                Status status = withUnified(List.of(text)).toBuilder()
                        .reason(text)
                        .message(text)
                        .restore(false)
                        .build();
                assertThat(StatusCodec.maxEncodedLength(status))
                        .isBetween((long) StatusCodec.encode(status).length, 6 * 5 * 1000 + 400L);
            }
        }
    }

    /** The bounds are some hundred times the usual time. A quadratic algorithm takes many times the bound. */
    @Nested
    class Work {
        private static final Duration BOUND = Duration.ofSeconds(10);
        private static final int MANY = 200_000;

        @Test
        void ofMapsOfTextsIsNotQuadratic() {
            Map<String, String> texts = new HashMap<>();
            for (int i = 0; i < MANY; i++) {
                texts.put("key-" + i, "value");
            }
            assertWithinBound(() -> {
                Map<String, String> unified = SortedTexts.copyOf(texts);
                Map<String, String> again = SortedTexts.copyOf(new TreeMap<>(texts));
                assertThat(unified.equals(again)).isTrue();
                assertThat(unified.equals(texts)).isTrue();
                assertThat(texts.equals(unified)).isTrue();
                assertThat(unified.entrySet().equals(texts.entrySet())).isTrue();
                assertThat(texts.entrySet().equals(unified.entrySet())).isTrue();
                assertThat(texts.keySet().stream().allMatch(unified::containsKey))
                        .isTrue();
                assertThat(unified.hashCode()).isEqualTo(texts.hashCode());
            });
        }

        @Test
        void ofStatusesWithManyElementsIsNotQuadratic() {
            StringBuilder document = new StringBuilder("{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"unified\":{");
            for (int i = MANY; i > 0; i--) {
                document.append("\"é").append(i).append("\":\"\",");
            }
            document.setLength(document.length() - 1);
            document.append("},\"hugepage_limits\":[{}")
                    .append(",{\"n\":0}".repeat(MANY))
                    .append("]}}");
            for (int i = 0; i < MANY; i++) {
                document.append(",\"ß").append(i).append("\":[]");
            }
            byte[] bytes = document.append('}').toString().getBytes(UTF_8);
            assertWithinBound(() -> {
                Status status = StatusCodec.decode(bytes);
                Status again = StatusCodec.decode(StatusCodec.encode(status));
                assertThat(status.equals(again)).isTrue();
                assertThat(status.hashCode()).isEqualTo(again.hashCode());
                assertThat(StatusCodec.maxEncodedLength(status)).isGreaterThan(bytes.length);
                assertThat(status.toBuilder()
                                .clearAdditionalProperties()
                                .build()
                                .additionalProperties())
                        .isEmpty();
            });
        }

        @Test
        void ofRepeatedKeysBesideALongTextIsNotQuadratic() {
            byte[] document = ("{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"hugepage_limits\":[{\"page_size\":\""
                            + "€".repeat(1 << 20) + "\"" + ",\"limit\":1".repeat(MANY) + "}]}}}")
                    .getBytes(UTF_8);
            assertWithinBound(() -> assertThat(StatusCodec.decode(document)).isNotNull());
        }

        private static void assertWithinBound(Runnable work) {
            long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            work.run();
            assertThat(Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before))
                    .isLessThan(BOUND);
        }
    }

    private static Status withUnified(List<String> keys) {
        Map<String, String> unified = new LinkedHashMap<>();
        keys.forEach(key -> unified.put(key, ""));
        return Status.builder()
                .resources(ContainerResources.ofLinux(
                        LinuxContainerResources.builder().unified(unified).build()))
                .build();
    }
}
