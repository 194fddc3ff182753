package io.containerstatus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that members which this library does not know get from the document into the model and back. */
class AdditionalPropertiesTest {
    private static final String OTHER_FIELDS =
            "\"CreatedAt\":1,\"StartedAt\":0,\"FinishedAt\":0,\"ExitCode\":0," + "\"Reason\":\"\",\"Message\":\"\"";

    /** One unknown member at each level, and two in the document. */
    private static final String ALL_LEVELS = "{\"Version\":\"v1\",\"Pid\":0," + OTHER_FIELDS + ",\"Resources\":{"
            + "\"linux\":{\"cpu_period\":1,\"hugepage_limits\":[{\"page_size\":\"2MB\",\"e\":[1]},{\"limit\":2}],"
            + "\"unified\":{\"u\":\"\"},\"l\":{\"cpu_period\":7}},"
            + "\"windows\":{\"affinity_cpus\":[{\"cpu_mask\":1,\"a\":null}],\"w\":1.50},"
            + "\"r\":\"\\u003c\"},\"Restore\":true,\"t\":{ },\"s\":1}";

    @Property
    void everyMemberOfEveryLevelComesBackByteForByte(
            @ForAll(supplier = Statuses.class) Status status, @ForAll Random random) {
        String plain = new String(StatusCodec.encode(status), UTF_8);
        String document = UnknownMembers.insertedInto(plain, () -> members(random));

        Status decoded = decode(document);

        assertThat(encode(decoded)).isEqualTo(document);
        assertThat(encode(decoded.toBuilder().build())).isEqualTo(document);
        assertThat(decoded.toBuilder().clearAdditionalProperties().build()).isEqualTo(status);
        assertThat(decode(document)).isEqualTo(decoded).hasSameHashCodeAs(decoded);
        assertThat(StatusCodec.maxEncodedLength(decoded)).isGreaterThanOrEqualTo(document.getBytes(UTF_8).length);
    }

    private static String members(Random random) {
        StringBuilder members = new StringBuilder();
        for (int left = random.nextInt(3); left > 0; left--) {
            members.append(members.isEmpty() ? "" : ",").append(UnknownMembers.any(random));
        }
        return members.toString();
    }

    @Nested
    class Accessors {
        private final Status status = decode(ALL_LEVELS);
        private final ContainerResources resources = resources(status);

        @Test
        void showTheMembersOfEachLevel() {
            assertThat(status.additionalProperties()).isEqualTo(Map.of("t", "{ }", "s", "1"));
            assertThat(resources.additionalProperties()).isEqualTo(Map.of("r", "\"\\u003c\""));
            assertThat(linux().additionalProperties()).isEqualTo(Map.of("l", "{\"cpu_period\":7}"));
            assertThat(linux().hugepageLimits())
                    .extracting(HugepageLimit::additionalProperties)
                    .containsExactly(Map.of("e", "[1]"), Map.of());
            assertThat(windows().additionalProperties()).isEqualTo(Map.of("w", "1.50"));
            assertThat(windows().affinityCpus().get(0).additionalProperties()).containsEntry("a", "null");
        }

        @Test
        void keepTheOrderOfTheDocument() {
            assertThat(status.additionalProperties().keySet()).containsExactly("t", "s");
        }

        @Test
        void cannotBeUsedForAChange() {
            Map<String, String> members = status.additionalProperties();

            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> members.put("a", "1"));
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(members::clear);
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> members.keySet().remove("t"));
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> members.entrySet().iterator().next().setValue("1"));
        }

        @Test
        void areOneSharedInstanceWhereThereAreNoMembers() {
            Status plain = decode("{\"Version\":\"v1\",\"Resources\":{\"linux\":{\"hugepage_limits\":[{}]},\"windows\":"
                    + "{\"affinity_cpus\":[{}]}}}");
            ContainerResources none = resources(plain);

            assertThat(List.of(
                            plain.additionalProperties(),
                            none.additionalProperties(),
                            AdditionalPropertiesTest.linux(none).additionalProperties(),
                            AdditionalPropertiesTest.windows(none).additionalProperties(),
                            AdditionalPropertiesTest.linux(none)
                                    .hugepageLimits()
                                    .get(0)
                                    .additionalProperties(),
                            Status.builder().build().additionalProperties(),
                            new HugepageLimit("", 0, Map.of()).additionalProperties()))
                    .allSatisfy(map -> assertThat(map).isSameAs(AdditionalProperties.NONE));
        }

        private LinuxContainerResources linux() {
            return AdditionalPropertiesTest.linux(resources);
        }

        private WindowsContainerResources windows() {
            return AdditionalPropertiesTest.windows(resources);
        }
    }

    @Nested
    class Rewriting {

        @Test
        void putsUnknownMembersBehindTheKnownOnes() {
            assertThat(encode(decode("{ \"b\" : [ 1 ] ,\"Version\":\"v1\",\"a\":2, \"Pid\":7,\"Restore\" : false }")))
                    .isEqualTo("{\"Version\":\"v1\",\"Pid\":7," + OTHER_FIELDS.replace("At\":1", "At\":0")
                            + ",\"Resources\":null,\"Restore\":false,\"b\":[ 1 ],\"a\":2}");
        }

        @Test
        void writesARepeatedMemberAsOftenAsItWasReadAndShowsItsLastValue() {
            String document = status("\"n\":1,\"m\":0,\"\\u006e\":2,\"N\":3,\"n\":{\"n\":4}");

            Status status = decode(document);

            assertThat(encode(status)).isEqualTo(document);
            assertThat(status.additionalProperties()).isEqualTo(Map.of("n", "{\"n\":4}", "m", "0", "N", "3"));
        }

        @Test
        void keepsHalvesOfSurrogatePairsAndShowsThemReplaced() {
            String document = status("\"\\ud83d\":\"\\ude00\",\"\\uDE00\":[\"\\ud83d\"]");

            Status status = decode(document);

            assertThat(encode(status)).isEqualTo(document);
            assertThat(status.additionalProperties()).isEqualTo(Map.of("\ufffd", "[\"\\ud83d\"]"));
        }

        @Test
        void dropsThoseOfAllLevelsWhenTheyAreCleared() {
            Status cleared =
                    decode(ALL_LEVELS).toBuilder().clearAdditionalProperties().build();

            assertThat(encode(cleared))
                    .isEqualTo(ALL_LEVELS
                            .replace(",\"e\":[1]", "")
                            .replace(",\"l\":{\"cpu_period\":7}", "")
                            .replace(",\"a\":null", "")
                            .replace(",\"w\":1.50", "")
                            .replace(",\"r\":\"\\u003c\"", "")
                            .replace(",\"t\":{ },\"s\":1", ""));
        }

        @Test
        void keepsThemWithTheBuildersOfAllLevels() {
            Status status = decode(ALL_LEVELS);
            ContainerResources resources = resources(status);
            Status rebuilt = status.toBuilder()
                    .resources(new ContainerResources(
                            linux(resources).toBuilder().cpuPeriod(2).build(),
                            windows(resources).toBuilder().build(),
                            resources.additionalProperties()))
                    .build();

            assertThat(encode(rebuilt)).isEqualTo(ALL_LEVELS.replace("{\"cpu_period\":1", "{\"cpu_period\":2"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"x\"", "1", "[]", "{}"})
        void refusesARestoreThatIsNoBoolean(String value) {
            String type = Map.of("\"x\"", "a string", "1", "an integer", "[]", "an array", "{}", "an object")
                    .get(value);

            BadDocuments.assertCorrupt(
                    "{\"Version\":\"v1\",\"restore\":^" + value + "}", "\"/restore\" is " + type + ", not a boolean");
        }

        @Test
        void leavesRestoreAsItIsAtNull() {
            assertThat(decode("{\"Version\":\"v1\",\"Restore\":null}").restore())
                    .isNull();
            assertThat(decode("{\"Version\":\"v1\",\"Restore\":true,\"restore\":null}")
                            .restore())
                    .isTrue();
        }
    }

    @Nested
    class Equality {

        @Test
        void isThatOfTheBytesThatAreWritten() {
            Status status = decode(status("\"a\":1,\"b\":2"));

            assertThat(decode(status("\"a\":1,\"b\":2"))).isEqualTo(status).hasSameHashCodeAs(status);
            for (String other : new String[] {
                "\"b\":2,\"a\":1", "\"a\":1,\"b\": 2,\"b\":2", "\"a\":1.0,\"b\":2", "\"\\u0061\":1,\"b\":2", "\"a\":1"
            }) {
                assertThat(decode(status(other))).as(other).isNotEqualTo(status);
            }
        }

        @Test
        void toAnotherMapIsThatOfTheEntries() {
            Map<String, String> map = decode(status("\"a\":1,\"b\":[ ]")).additionalProperties();

            assertThat(map).isEqualTo(Map.of("a", "1", "b", "[ ]")).hasSameHashCodeAs(Map.of("a", "1", "b", "[ ]"));
            assertThat(Map.of("a", "1", "b", "[ ]")).isEqualTo(map);
            assertThat(map).isNotEqualTo(Map.of("a", "1"));
        }
    }

    @Nested
    class Constructors {

        @Test
        void refuseMembersThatWereNotRead() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new HugepageLimit("", 0, Map.of("limit", "1}")))
                    .withMessage("additionalProperties \"[limit]\" were not read from a HugepageLimit;"
                            + " only StatusCodec.decode makes them");
        }

        @Test
        void refuseMembersOfAnotherLevel() {
            Map<String, String> members = decode(status("\"linux\":1")).additionalProperties();

            assertThatIllegalArgumentException().isThrownBy(() -> new ContainerResources(null, null, members));
            assertThatIllegalArgumentException().isThrownBy(() -> new WindowsCpuGroupAffinity(0, 0, members));
        }
    }

    @ParameterizedTest
    @MethodSource("transitions")
    void everyTransitionKeepsThem(UnaryOperator<Status> transition) {
        for (String stateOf : new String[] {"\"CreatedAt\":1", "\"StartedAt\":1", "\"FinishedAt\":1", "\"Pid\":0"}) {
            Status before =
                    decode("{\"Version\":\"v1\"," + stateOf + ",\"Restore\":true,\"n\":1,\"Resources\":{\"r\":2}}");
            Status after;
            try {
                after = transition.apply(before);
            } catch (IllegalTransitionException e) {
                continue;
            }
            assertThat(after.restore()).isTrue();
            assertThat(after.additionalProperties()).isEqualTo(Map.of("n", "1"));
            assertThat(after.resources()).isEqualTo(before.resources());
        }
    }

    static List<UnaryOperator<Status>> transitions() {
        Instant now = Instant.ofEpochSecond(9);
        return List.of(
                StatusTransitions::beginStart,
                StatusTransitions::endStart,
                status -> StatusTransitions.endStart(
                        status.toBuilder().starting(true).build()),
                status -> StatusTransitions.started(status, 3, now),
                status -> StatusTransitions.startFailed(status, now, "m"),
                status -> StatusTransitions.exited(status, 1, now),
                status -> StatusTransitions.exited(
                        status.toBuilder().unknown(true).build(), 1, now),
                StatusTransitions::oomKilled,
                status -> StatusTransitions.stoppedUnknown(status, now),
                status -> StatusTransitions.taskLost(status, now),
                StatusTransitions::beginRemove,
                status -> StatusTransitions.endRemove(
                        status.toBuilder().removing(true).build()),
                status -> StatusTransitions.resourcesUpdated(status, resources(status)),
                status -> status.toBuilder().unknown(true).removing(true).build());
    }

    @Test
    void newStatusesHaveNeitherMembersNorRestore() {
        assertThat(List.of(StatusTransitions.created(Instant.ofEpochSecond(1), null), StatusTransitions.unknown()))
                .allSatisfy(status -> {
                    assertThat(status.restore()).isNull();
                    assertThat(status.additionalProperties()).isEmpty();
                });
    }

    private static String status(String members) {
        return "{\"Version\":\"v1\",\"Pid\":0," + OTHER_FIELDS + ",\"Resources\":null," + members + "}";
    }

    private static ContainerResources resources(Status status) {
        ContainerResources resources = status.resources();
        assertThat(resources).isNotNull();
        return resources;
    }

    private static LinuxContainerResources linux(ContainerResources resources) {
        LinuxContainerResources linux = resources.linux();
        assertThat(linux).isNotNull();
        return linux;
    }

    private static WindowsContainerResources windows(ContainerResources resources) {
        WindowsContainerResources windows = resources.windows();
        assertThat(windows).isNotNull();
        return windows;
    }

    private static Status decode(String document) {
        return StatusCodec.decode(document.getBytes(UTF_8));
    }

    private static String encode(Status status) {
        return new String(StatusCodec.encode(status), UTF_8);
    }
}
