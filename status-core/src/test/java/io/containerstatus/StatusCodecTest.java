package io.containerstatus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the format, one rule at a time. */
class StatusCodecTest {
    private static final String NOTHING_SET = "{\"Version\":\"v1\",\"Pid\":0,\"CreatedAt\":0,\"StartedAt\":0,"
            + "\"FinishedAt\":0,\"ExitCode\":0,\"Reason\":\"\",\"Message\":\"\",\"Resources\":null}";

    @Nested
    class Writing {

        @Test
        void writesEveryFieldOfAStatus() {
            assertThat(encode(Status.builder().build())).isEqualTo(NOTHING_SET);
        }

        @Test
        void writesOnlyTheLimitsThatAreSet() {
            assertThat(resources(new ContainerResources(null, null))).isEqualTo("{}");
            assertThat(linux(LinuxContainerResources.builder())).isEqualTo("{\"linux\":{}}");
            assertThat(resources(ContainerResources.ofWindows(
                            WindowsContainerResources.builder().build())))
                    .isEqualTo("{\"windows\":{}}");
            assertThat(linux(LinuxContainerResources.builder()
                            .cpuQuota(-1)
                            .hugepageLimits(List.of(new HugepageLimit("", 0), new HugepageLimit("2MB", 0)))))
                    .isEqualTo("{\"linux\":{\"cpu_quota\":-1,\"hugepage_limits\":[{},{\"page_size\":\"2MB\"}]}}");
        }

        @Test
        void writesUnsignedLimits() {
            assertThat(linux(LinuxContainerResources.builder()
                            .hugepageLimits(List.of(
                                    new HugepageLimit("", -1),
                                    new HugepageLimit("", Long.MIN_VALUE),
                                    new HugepageLimit("", Long.MAX_VALUE)))))
                    .isEqualTo("{\"linux\":{\"hugepage_limits\":[{\"limit\":18446744073709551615},"
                            + "{\"limit\":9223372036854775808},{\"limit\":9223372036854775807}]}}");
        }

        @Test
        void sortsUnifiedByUtf8AndEscapesItsKeys() {
            assertThat(linux(LinuxContainerResources.builder()
                            .unified(Map.of("\ud83d\ude00", "1", "\uffee", "2", "b", "3", "B", "4", "a<\n", "5"))))
                    .isEqualTo("{\"linux\":{\"unified\":{\"B\":\"4\",\"a\\u003c\\n\":\"5\",\"b\":\"3\","
                            + "\"\uffee\":\"2\",\"\ud83d\ude00\":\"1\"}}}");
        }

        @Test
        void escapesAsGoDoes() {
            assertThat(message("<>&\"\\/'\b\f\n\r\t\0\u001f\u007f\u2028\u2029é\ud83d\ude00"))
                    .isEqualTo("\"\\u003c\\u003e\\u0026\\\"\\\\/'\\b\\f\\n\\r\\t\\u0000\\u001f\u007f\\u2028\\u2029"
                            + "é\ud83d\ude00\"");
        }

        @ParameterizedTest
        @ValueSource(ints = {600, 640, 641, 4000, 8000, 100_000})
        void writesTextsOfAnyLength(int length) {
            for (String unit : new String[] {"x", "é", "\ud83d\ude00", "x\ud83d\ude00", "<"}) {
                Status status = Status.builder().message(unit.repeat(length)).build();
                assertThat(decode(encode(status))).isEqualTo(status);
            }
        }

        @Test
        void leavesTheCallersArrayAlone() {
            byte[] first = StatusCodec.encode(Status.builder().build());
            first[0] = 'x';

            assertThat(encode(Status.builder().build())).isEqualTo(NOTHING_SET);
        }

        private static String message(String text) {
            String document = encode(Status.builder().message(text).build());
            return document.substring(
                    document.indexOf("\"Message\":") + 10, document.length() - ",\"Resources\":null}".length());
        }

        private static String linux(LinuxContainerResources.Builder linux) {
            return resources(ContainerResources.ofLinux(linux.build()));
        }

        private static String resources(ContainerResources resources) {
            String document = encode(Status.builder().resources(resources).build());
            return document.substring(document.indexOf("\"Resources\":") + 12, document.length() - 1);
        }
    }

    @Nested
    class Reading {

        @ParameterizedTest
        @CsvSource({"Pıd,0", "PİD,0", "PID,7", "pid,7", "P\\u0069d,7", "Pid\\u0000,0", "\\u0000Pid,0", "P\u212ad,0"})
        void foldsKeysAsGoDoes(String key, long pid) {
            assertThat(decode("{\"Version\":\"v1\",\"" + key + "\":7}").pid()).isEqualTo(pid);
        }

        @Test
        void foldsTheLongSAndTheKelvinSign() {
            Status status = decode("{\"Ver\u017fion\":\"v1\",\"Rea\u017fon\":\"r\",\"Re\u017fource\u017f\":"
                    + "{\"windows\":{\"affinity_cpus\":[{\"cpu_ma\u017f\u212a\":5}]}}}");

            assertThat(status.reason()).isEqualTo("r");
            assertThat(status.resources())
                    .isEqualTo(ContainerResources.ofWindows(WindowsContainerResources.builder()
                            .affinityCpus(List.of(new WindowsCpuGroupAffinity(5, 0)))
                            .build()));
        }

        @Test
        void keepsTheFlagsAndWhatElseItDoesNotKnowAsAdditionalProperties() {
            Status status = decode("{\"Version\":\"v1\",\"Starting\":true,\"Removing\":\"x\",\"Unknown\":[{}],"
                    + "\"Restore\":false,\"\":1e999}");

            assertThat(status)
                    .returns(false, Status::starting)
                    .returns(false, Status::removing)
                    .returns(false, Status::unknown)
                    .returns(false, Status::restore);
            assertThat(status.additionalProperties())
                    .isEqualTo(Map.of("Starting", "true", "Removing", "\"x\"", "Unknown", "[{}]", "", "1e999"));
        }

        @Test
        void dropsTheNullsOfContainerd16() {
            assertThat(decode("{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"hugepage_limits\":"
                            + "[null,null,{\"page_size\":\"2MB\",\"limit\":1}]}}}"))
                    .isEqualTo(Status.builder()
                            .resources(ContainerResources.ofLinux(LinuxContainerResources.builder()
                                    .hugepageLimits(List.of(new HugepageLimit("2MB", 1)))
                                    .build()))
                            .build());
        }

        @Test
        void repeatedObjectsListsAndMapsWinWhole() {
            assertThat(decode("{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"cpu_shares\":1,"
                            + "\"hugepage_limits\":[{\"page_size\":\"a\"}],\"hugepage_limits\":[{\"limit\":2}],"
                            + "\"unified\":{\"a\":\"1\"},\"unified\":{\"b\":\"2\",\"b\":\"3\"}},"
                            + "\"windows\":{}},\"Resources\":{\"linux\":{\"hugepage_limits\":[{\"page_size\":\"a\"}],"
                            + "\"hugepage_limits\":[{\"limit\":2}],\"unified\":{\"a\":\"1\"},"
                            + "\"unified\":{\"b\":\"2\",\"b\":\"3\"}}}}"))
                    .isEqualTo(Status.builder()
                            .resources(ContainerResources.ofLinux(LinuxContainerResources.builder()
                                    .hugepageLimits(List.of(new HugepageLimit("", 2)))
                                    .unified(Map.of("b", "3"))
                                    .build()))
                            .build());
        }

        @Test
        void nullEmptiesCollectionsAndUnsetsObjects() {
            assertThat(decode("{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"hugepage_limits\":[{}],"
                            + "\"hugepage_limits\":null,\"unified\":{\"a\":\"1\"},\"unified\":null,"
                            + "\"cpuset_cpus\":\"0\",\"cpuset_cpus\":null},\"windows\":{},\"windows\":null}}"))
                    .isEqualTo(Status.builder()
                            .resources(ContainerResources.ofLinux(LinuxContainerResources.builder()
                                    .cpusetCpus("0")
                                    .build()))
                            .build());
        }

        @Test
        void nullIsAnEmptyTextInUnified() {
            assertThat(decode("{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"unified\":{\"a\":\"1\",\"a\":null}}}}")
                            .resources())
                    .isEqualTo(ContainerResources.ofLinux(LinuxContainerResources.builder()
                            .unified(Map.of("a", ""))
                            .build()));
        }

        @Test
        void replacesLoneSurrogatesAlsoInKeys() {
            Status status = decode("{\"Version\":\"v1\",\"Reason\":\"\\ud83d\\ud83d\\ude00\",\"Resources\":{\"linux\":"
                    + "{\"unified\":{\"\\ud83d\":\"1\",\"\\ude00\":\"2\"}}}}");

            assertThat(status.reason()).isEqualTo("\ufffd\ud83d\ude00");
            assertThat(status.resources())
                    .isEqualTo(ContainerResources.ofLinux(LinuxContainerResources.builder()
                            .unified(Map.of("\ufffd", "2"))
                            .build()));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\\ud83d", "\\uDE00", "\\ude00\\ud83d", "\\ud83dx", "\\ud83d\\u0041", "\\ud83d\\ud83d\\ude00",
                    "\\ud83d\\ude00", "\\\\ud83d", "\\\\\\ud83d", "\\ud83d\\\\ude00", "\\ud83d\\n", "é\\ud83d"
                })
        void readsKeysWithLoneSurrogatesAsValues(String text) {
            Status status = decode("{\"Version\":\"v1\",\"Message\":\"" + text + "\",\"Resources\":{\"linux\":"
                    + "{\"unified\":{\"" + text + "\":\"\"}}},\"" + text + "\":1}");

            assertThat(status.resources())
                    .isEqualTo(ContainerResources.ofLinux(LinuxContainerResources.builder()
                            .unified(Map.of(status.message(), ""))
                            .build()));
        }

        @Test
        void findsOtherFaultsBehindLoneSurrogates() {
            BadDocuments.assertCorrupt("{\"Version\":\"v1\",\"\\ud83d\":\"\",\"Pid\":^[]}", "\"/Pid\" is an array");
            BadDocuments.assertCorrupt("{\"Version\":\"v1\",\"\\ud83d\":\"\",^}", "not JSON");
            BadDocuments.assertCorrupt("{\"Version\":\"v1\",\"\\ud83d\":\"\\u12^", "not JSON");
        }

        @Test
        void doesNotKeepTheCallersArray() {
            byte[] document = "{\"Version\":\"v1\",\"Reason\":\"abc\"}".getBytes(UTF_8);
            Status status = StatusCodec.decode(document);
            Arrays.fill(document, (byte) 'x');

            assertThat(status.reason()).isEqualTo("abc");
        }
    }

    private static String encode(Status status) {
        return new String(StatusCodec.encode(status), UTF_8);
    }

    private static Status decode(String document) {
        return StatusCodec.decode(document.getBytes(UTF_8));
    }
}
