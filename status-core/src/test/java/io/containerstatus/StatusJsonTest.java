package io.containerstatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/** Tests statuses as JSON, written and read by a mapper that has found the module. */
class StatusJsonTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123456789Z");

    private final JsonMapper mapper = found().build();

    private static JsonMapper.Builder found() {
        return JsonMapper.builder().findAndAddModules();
    }

    @Property
    void anyStatusIsReadAsItWasWritten(
            @ForAll(supplier = Statuses.class) Status any,
            @ForAll boolean starting,
            @ForAll boolean removing,
            @ForAll boolean unknown) {
        Status status = any.toBuilder()
                .starting(starting)
                .removing(removing)
                .unknown(unknown)
                .build();

        assertThat(mapper.readValue(mapper.writeValueAsBytes(status), Status.class))
                .isEqualTo(status);
    }

    @Nested
    class Writing {
        @Test
        void leavesOutWhatIsNotSet() {
            assertThat(mapper.writeValueAsString(Status.builder().build())).isEqualTo("{\"state\":\"UNKNOWN\"}");
            assertThat(mapper.writeValueAsString(StatusTransitions.created(NOON)))
                    .isEqualTo("{\"state\":\"CREATED\",\"createdAt\":\"2026-03-01T12:00:00.123456789Z\"}");
        }

        @Test
        void hasTheExitCodeOfWhateverEnded() {
            Status ended = Status.builder()
                    .startedAt(NOON)
                    .finishedAt(NOON)
                    .exitCode(0)
                    .build();
            assertThat(mapper.writeValueAsString(ended)).contains("\"exitCode\":0");
            assertThat(mapper.writeValueAsString(
                            Status.builder().startedAt(NOON).build()))
                    .doesNotContain("exitCode");
        }

        @Test
        void hasNumbersWithoutASignAsSuch() {
            assertThat(mapper.writeValueAsString(new HugepageLimit("2MB", -1)))
                    .isEqualTo("{\"pageSize\":\"2MB\",\"limit\":18446744073709551615}");
        }

        @Test
        void distinguishesResourcesWithoutAnyPartFromNone() {
            Status status = Status.builder()
                    .resources(new ContainerResources(null, null))
                    .build();
            assertThat(mapper.writeValueAsString(status)).isEqualTo("{\"state\":\"UNKNOWN\",\"resources\":{}}");
        }

        @Test
        void leavesOutWhatBelongsToTheFile() {
            Status decoded = StatusCodec.decode("{\"Version\":\"v1\",\"Pid\":1,\"New\":[1]}".getBytes());
            assertThat(decoded.additionalProperties()).isNotEmpty();
            assertThat(mapper.writeValueAsString(decoded)).isEqualTo("{\"state\":\"UNKNOWN\",\"pid\":1}");
        }

        @Test
        void isTheSameWhateverTheMapperDoesWithNamesAndTimes() {
            assertSameWithOtherNamesAndTimes(StatusTransitions.created(NOON));
        }

        @Test
        void hasNothingOfAFailureButItsTypeAndMessage() {
            NotWrittenException failure = new NotWrittenException("web-1", "disk full", new IOException("secret"));
            failure.addSuppressed(new IllegalStateException("another"));
            assertThat(mapper.writeValueAsString(Map.of("failure", failure)))
                    .isEqualTo("{\"failure\":{\"type\":\"NotWrittenException\",\"message\":\""
                            + failure.getMessage().replace("\"", "\\\"") + "\"}}");
        }
    }

    @Nested
    class WritingEvents {
        private final Status status = StatusTransitions.created(NOON);
        private final String statusJson = mapper.writeValueAsString(status);

        @Test
        void givesTheEndOfASnapshotAKindAsAChangeHasIt() {
            assertThat(mapper.writeValueAsString(new CaughtUp())).isEqualTo("{\"kind\":\"CAUGHT_UP\"}");
        }

        @Test
        void hasEachPropertyOfAChangeThatIsSet() {
            UnreadableStatusException failure = new UnreadableStatusException("status of web", "is not there", null);
            assertThat(mapper.writeValueAsString(
                            new Change("node7", "web", ContainerChange.Kind.UPDATED, status, status, failure, NOON)))
                    .isEqualTo("{\"node\":\"node7\",\"id\":\"web\",\"kind\":\"UPDATED\",\"state\":\"CREATED\",\"at\":\""
                            + NOON + "\",\"previous\":" + statusJson + ",\"current\":" + statusJson + ",\"failure\":"
                            + mapper.writeValueAsString(failure) + "}");
        }

        @Test
        void isTheSameWhateverTheMapperDoesWithNamesAndTimes() {
            assertSameWithOtherNamesAndTimes(
                    new Change("node7", "web", ContainerChange.Kind.UPDATED, status, status, null, NOON));
        }

        @Test
        void leavesOutWhatIsAbsent() {
            assertThat(mapper.writeValueAsString(
                            new Change(null, "web", ContainerChange.Kind.DELETED, null, null, null, null)))
                    .isEqualTo("{\"id\":\"web\",\"kind\":\"DELETED\",\"state\":\"UNKNOWN\"}");
        }
    }

    private void assertSameWithOtherNamesAndTimes(Object value) {
        JsonMapper other = found().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build();
        assertThat(other.writeValueAsString(value)).isEqualTo(mapper.writeValueAsString(value));
    }

    /** A change with every property that a source may have. */
    private record Change(
            String node,
            String id,
            ContainerChange.Kind kind,
            Status previous,
            Status current,
            StatusException failure,
            Instant at)
            implements ContainerChange {}

    @Nested
    class Reading {
        @Test
        void takesWhatIsMissingAsNotSet() {
            assertThat(read("{}")).isEqualTo(Status.builder().build());
            assertThat(read("{\"resources\":{\"linux\":{\"cpuShares\":2,\"hugepageLimits\":[{}]},"
                                    + "\"windows\":{\"affinityCpus\":[{\"cpuGroup\":1}]}}}")
                            .resources())
                    .isEqualTo(new ContainerResources(
                            LinuxContainerResources.builder()
                                    .cpuShares(2)
                                    .hugepageLimits(List.of(new HugepageLimit("", 0)))
                                    .build(),
                            WindowsContainerResources.builder()
                                    .affinityCpus(List.of(new WindowsCpuGroupAffinity(0, 1)))
                                    .build()));
        }

        @Test
        void takesNullAsNotSet() {
            assertThat(read("{\"pid\":null,\"createdAt\":null,\"exitCode\":null,\"reason\":null,\"starting\":null,"
                            + "\"restore\":null,\"resources\":null}"))
                    .isEqualTo(Status.builder().build());
            assertThat(read("{\"resources\":{\"linux\":{\"unified\":null,\"hugepageLimits\":null}}}")
                            .resources())
                    .isEqualTo(ContainerResources.ofLinux(
                            LinuxContainerResources.builder().build()));
        }

        @Test
        void derivesTheState() {
            assertThat(read("{\"state\":\"EXITED\",\"createdAt\":\"2026-03-01T12:00:00Z\"}")
                            .state())
                    .isEqualTo(ContainerState.CREATED);
            assertThat(read("{\"state\":{\"a\":[1]},\"pid\":7}").pid()).isEqualTo(7);
        }

        @Test
        void treatsUnknownNamesAsTheMapperDoes() {
            String document = "{\"new\":{\"a\":[1]},\"pid\":7,\"state\":\"RUNNING\"}";
            assertThat(read(document).pid()).isEqualTo(7);
            JsonMapper strict = found().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();
            assertThatExceptionOfType(UnrecognizedPropertyException.class)
                    .isThrownBy(() -> strict.readValue(document, Status.class))
                    .satisfies(thrown -> assertThat(thrown.getPropertyName()).isEqualTo("new"));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{'pid':-1}                                                     | pid",
                    "{'pid':4294967296}                                             | pid",
                    "{'pid':'seven'}                                                | pid",
                    "{'exitCode':2147483648}                                        | exitCode",
                    "{'createdAt':'yesterday'}                                      | createdAt",
                    "{'createdAt':'2300-01-01T00:00:00Z'}                           | createdAt",
                    "{'reason':{}}                                                  | reason",
                    "{'starting':[]}                                                | starting",
                    "{'resources':7}                                                | resources",
                    "{'resources':{'linux':{'cpuQuota':{}}}}                        | resources.linux.cpuQuota",
                    "{'resources':{'linux':{'unified':{'a':null}}}}                 | resources.linux.unified",
                    "{'resources':{'linux':{'hugepageLimits':[null]}}}              | resources.linux.hugepageLimits",
                    "{'resources':{'linux':{'hugepageLimits':[{'limit':-1}]}}}      | resources.linux.hugepageLimits.0.limit",
                    "{'resources':{'windows':{'affinityCpus':[{'cpuMask':18446744073709551616}]}}} | resources.windows.affinityCpus.0.cpuMask"
                })
        void refusesWhatIsNoStatusAndNamesTheField(String document, String field) {
            assertThatExceptionOfType(JacksonException.class)
                    .isThrownBy(() -> read(document.replace('\'', '"')))
                    .satisfies(thrown -> assertThat(String.join(
                                    ".",
                                    thrown.getPath().stream()
                                            .map(StatusJsonTest::step)
                                            .toList()))
                            .isEqualTo(field));
        }

        @Test
        void refusesWhatIsNoObject() {
            for (String document : List.of("7", "[]", "\"RUNNING\"")) {
                assertThatExceptionOfType(DatabindException.class).isThrownBy(() -> read(document));
            }
        }

        private Status read(String document) {
            return mapper.readValue(document, Status.class);
        }
    }

    private static String step(JacksonException.Reference reference) {
        return reference.getPropertyName() != null ? reference.getPropertyName() : String.valueOf(reference.getIndex());
    }
}
