package io.containerstatus.reactive.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.CaughtUp;
import io.containerstatus.ContainerChange;
import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.Status;
import io.containerstatus.StatusTransitions;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.fs.FollowedChange;
import io.containerstatus.json.StatusJacksonModule;
import io.containerstatus.reactive.RecoveredContainer;
import io.containerstatus.reactive.Recovery;
import io.containerstatus.reactive.StatusChange;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

class StoreJsonTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Status CREATED = StatusTransitions.created(NOON);
    private static final String CREATED_JSON = "{\"state\":\"CREATED\",\"createdAt\":\"2026-03-01T12:00:00Z\"}";
    private static final UnreadableStatusException FAILURE =
            new UnreadableStatusException("status of web", "is not there", new IllegalStateException("secret"));
    private static final String FAILURE_JSON =
            "{\"type\":\"UnreadableStatusException\",\"message\":\"" + FAILURE.getMessage() + "\"}";

    private final JsonMapper mapper = JsonMapper.builder().findAndAddModules().build();

    private String written(Object value) {
        return mapper.writeValueAsString(value);
    }

    @Nested
    class Changes {
        private final StatusChange first = new StatusChange("web", 1, Kind.SNAPSHOT, null, CREATED, false, 0);
        private final StatusChange later = new StatusChange(
                "web",
                4,
                Kind.UPDATED,
                CREATED,
                CREATED.toBuilder().startedAt(NOON).pid(7).build(),
                true,
                2);

        @Test
        void ofAStoreAreWrittenWithTheirStateAndWithoutWhatIsAbsent() {
            assertThat(written(first))
                    .isEqualTo("{\"id\":\"web\",\"kind\":\"SNAPSHOT\",\"state\":\"CREATED\",\"revision\":1,"
                            + "\"durable\":false,\"skipped\":0,\"current\":" + CREATED_JSON + "}");
            assertThat(written(later))
                    .startsWith("{\"id\":\"web\",\"kind\":\"UPDATED\",\"state\":\"RUNNING\",\"revision\":4,"
                            + "\"durable\":true,\"skipped\":2,\"previous\":" + CREATED_JSON + ",\"current\":{");
        }

        @Test
        void ofAStoreAreReadAsTheyWereWritten() {
            JsonMapper strict = mapper.rebuild()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();
            assertThat(List.of(first, later))
                    .allSatisfy(change -> assertThat(strict.readValue(written(change), StatusChange.class))
                            .isEqualTo(change));
        }

        @Test
        void ofAFollowerAreWrittenWithoutWhatOnlyAStoreKnows() {
            assertThat(written(new FollowedChange.WithStatus("web", Kind.CREATED, null, CREATED, null)))
                    .isEqualTo("{\"id\":\"web\",\"kind\":\"CREATED\",\"state\":\"CREATED\",\"current\":" + CREATED_JSON
                            + "}");
            assertThat(written(new FollowedChange.WithFailure("web", Kind.UPDATED, CREATED, FAILURE, null)))
                    .isEqualTo("{\"id\":\"web\",\"kind\":\"UPDATED\",\"state\":\"UNKNOWN\",\"previous\":" + CREATED_JSON
                            + ",\"failure\":" + FAILURE_JSON + "}");
            assertThat(written(new FollowedChange.Deleted("web", null)))
                    .isEqualTo("{\"id\":\"web\",\"kind\":\"DELETED\",\"state\":\"UNKNOWN\"}");
        }

        @Test
        void ofSeveralNodesAreWrittenWithTheNode() {
            assertThat(written(new OnANode("node7", "web", Kind.CREATED, null, CREATED)))
                    .isEqualTo(
                            "{\"node\":\"node7\",\"id\":\"web\",\"kind\":\"CREATED\",\"state\":\"CREATED\",\"current\":"
                                    + CREATED_JSON + "}");
        }
    }

    /** A mapper that searches for modules finds them in the order of the class path. */
    @Test
    void aChangeOfAStoreHasItsOwnPropertiesWhicheverModuleWasRegisteredFirst() {
        StatusChange change = new StatusChange("web", 4, Kind.CREATED, null, CREATED, true, 0);
        JsonMapper storeFirst = JsonMapper.builder()
                .addModule(new StoreJacksonModule())
                .addModule(new StatusJacksonModule())
                .build();
        JsonMapper storeLast = JsonMapper.builder()
                .addModule(new StatusJacksonModule())
                .addModule(new StoreJacksonModule())
                .build();

        assertThat(storeFirst.writeValueAsString(change))
                .contains("\"revision\":4")
                .isEqualTo(storeLast.writeValueAsString(change));
    }

    @Test
    void aSerializerOfTheApplicationGoesFirst() {
        SimpleModule own = new SimpleModule().addSerializer(StatusChange.class, ToStringSerializer.instance);
        JsonMapper mapperOfTheApplication =
                JsonMapper.builder().findAndAddModules().addModule(own).build();

        assertThat(mapperOfTheApplication.writeValueAsString(
                        new StatusChange("web", 4, Kind.CREATED, null, CREATED, true, 0)))
                .startsWith("\"StatusChange[id=web");
    }

    @Test
    void endOfASnapshotIsWrittenWithAKindAsChangesAre() {
        assertThat(written(new CaughtUp())).isEqualTo("{\"kind\":\"CAUGHT_UP\"}");
    }

    @Test
    void timeOfAChangeIsWrittenWhereItIsKnown() {
        assertThat(written(new FollowedChange.WithStatus("web", Kind.CREATED, null, CREATED, NOON)))
                .isEqualTo("{\"id\":\"web\",\"kind\":\"CREATED\",\"state\":\"CREATED\",\"at\":\"" + NOON
                        + "\",\"current\":" + CREATED_JSON + "}");
    }

    /** A change as a fleet has it. */
    private record OnANode(String node, String id, Kind kind, Status previous, Status current)
            implements ContainerChange {}

    @Nested
    class Recoveries {
        @Test
        void areWrittenWithTheOutcomeOfEachContainer() {
            Recovery recovery = new Recovery(
                    List.of(
                            new RecoveredContainer.Recovered("a", true),
                            new RecoveredContainer.Missing("b"),
                            new RecoveredContainer.Failed("c", FAILURE)),
                    true,
                    null,
                    null,
                    List.of("left over"),
                    List.of());
            assertThat(written(recovery))
                    .isEqualTo("{\"writable\":true,\"containers\":["
                            + "{\"id\":\"a\",\"outcome\":\"RECOVERED\",\"fromJournal\":true},"
                            + "{\"id\":\"b\",\"outcome\":\"MISSING\"},"
                            + "{\"id\":\"c\",\"outcome\":\"UNREADABLE\",\"failure\":" + FAILURE_JSON + "}],"
                            + "\"leftovers\":[\"left over\"],\"damage\":[]}");
        }

        @Test
        void reportWhyTheyAreReadOnlyOrPromiseLess() {
            assertThat(written(new Recovery(List.of(), false, "no lock", null, List.of(), List.of())))
                    .startsWith("{\"writable\":false,\"readOnlyReason\":\"no lock\",\"containers\":[]");
            assertThat(written(new Recovery(List.of(), true, null, "no sync", List.of(), List.of())))
                    .startsWith("{\"writable\":true,\"weakerPromise\":\"no sync\",\"containers\":[]");
        }
    }

    @Test
    void theModuleOfTheStoreBringsThatOfTheStatus() {
        JsonMapper explicit =
                JsonMapper.builder().addModule(new StoreJacksonModule()).build();
        assertThat(explicit.writeValueAsString(CREATED)).isEqualTo(CREATED_JSON);
    }
}
