package io.containerstatus.spring;

import static io.containerstatus.StatusTransitions.created;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.fs.StatusFollower;
import io.containerstatus.reactive.StatusStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The endpoint on a store, and on the same root followed. */
class ContainersEndpointTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant WHEN = Instant.parse("2026-03-01T12:00:00Z");
    private static final Map<String, Object> CREATED = Map.of("state", "CREATED", "createdAt", "2026-03-01T12:00:00Z");

    @TempDir
    Path root;

    private StatusStore store;

    @BeforeEach
    void open() throws IOException {
        Files.writeString(Files.createDirectory(root.resolve("bad")).resolve("status"), "{");
        store = Objects.requireNonNull(StatusStore.open(root).block(PATIENCE));
        for (String id : List.of("web-10", "web-1", "db-1", "db-2")) {
            store.create(id, created(WHEN)).block(PATIENCE);
        }
    }

    @AfterEach
    void close() {
        store.close().block(PATIENCE);
    }

    private ContainersEndpoint endpoint(boolean followed) {
        return new ContainersEndpoint(
                followed ? new FollowedContainers(StatusFollower.at(root)) : new StoreContainers(store));
    }

    private static Stream<Object> ids(ContainersEndpoint endpoint) {
        return endpoint.containers().get("containers").stream().map(container -> container.get("id"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void listsAllByTheirIds(boolean followed) {
        assertThat(ids(endpoint(followed))).containsExactly("bad", "db-1", "db-2", "web-1", "web-10");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void findsByTheWholeIdFirst(boolean followed) {
        assertThat(endpoint(followed).container("web-1")).containsEntry("id", "web-1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void findsByAPrefix(boolean followed) {
        assertThat(endpoint(followed).container("b")).containsEntry("id", "bad");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void findsNothingWhereThereIsNothing(boolean followed) {
        assertThat(endpoint(followed).container("cache")).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusesAnAmbiguousPrefix(boolean followed) {
        ContainersEndpoint endpoint = endpoint(followed);
        assertThatThrownBy(() -> endpoint.container("db-"))
                .isInstanceOf(InvalidEndpointRequestException.class)
                .hasMessageContaining("db-1, db-2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void showsAFailure(boolean followed) {
        Map<String, Object> bad = endpoint(followed).container("bad");
        assertThat(bad).containsEntry("state", "UNKNOWN");
        assertThat(bad.get("failure")).asString().contains("type=CorruptStatusException", "message=");
    }

    @Test
    void showsAStatusOfTheStoreWithItsRevision() {
        assertThat(endpoint(false).container("db-1"))
                .isEqualTo(Map.of("id", "db-1", "state", "CREATED", "current", CREATED, "revision", 1L));
    }

    @Test
    void showsAStatusOfTheFollowedRoot() {
        assertThat(endpoint(true).container("db-1"))
                .isEqualTo(Map.of("id", "db-1", "state", "CREATED", "current", CREATED));
    }

    @Test
    void saysThatAFollowedStatusIsMissing() throws IOException {
        Files.createDirectory(root.resolve("empty"));
        assertThat(endpoint(true).container("empty").get("failure")).asString().contains("UnreadableStatusException");
    }

    @Nested
    class AsABean {
        private final ApplicationContextRunner runner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        ContainerStatusAutoConfiguration.class, ContainersEndpointAutoConfiguration.class));
        private final ApplicationContextRunner exposed =
                runner.withPropertyValues("management.endpoints.web.exposure.include=containers");

        @Test
        void isThereIfItIsExposed() {
            exposed.withBean("own", StatusStore.class, () -> store)
                    .run(context -> assertThat(context).hasSingleBean(ContainersEndpoint.class));
        }

        @Test
        void isThereForAFollower() {
            exposed.withPropertyValues("container-status.root=" + root, "container-status.follow=true")
                    .run(context -> assertThat(ids(context.getBean(ContainersEndpoint.class)))
                            .contains("web-1"));
        }

        @Test
        void readsAsLargeAFileAsTheFollowerDoes() throws IOException {
            Status large =
                    created(WHEN).toBuilder().message("m".repeat(1 << 20)).build();
            Files.write(Files.createDirectory(root.resolve("large")).resolve("status"), StatusCodec.encode(large));
            exposed.withPropertyValues(
                            "container-status.root=" + root,
                            "container-status.follow=true",
                            "container-status.follower.max-file-size=2MB")
                    .run(context -> assertThat(
                                    context.getBean(ContainersEndpoint.class).container("large"))
                            .containsEntry("state", "CREATED"));
        }

        @Test
        void isNotThereUnlessItIsExposed() {
            runner.withBean("own", StatusStore.class, () -> store)
                    .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ContainersEndpoint.class));
        }

        @Test
        void isNotThereWithoutAStore() {
            exposed.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ContainersEndpoint.class));
        }

        @Test
        void isNotThereWithoutTheMapperThatItNeeds() {
            exposed.withBean("own", StatusStore.class, () -> store)
                    .withClassLoader(new FilteredClassLoader("tools.jackson.databind"))
                    .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("containersEndpoint"));
        }

        @Test
        void needsNoActuator() {
            exposed.withBean("own", StatusStore.class, () -> store)
                    .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                    .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("containersEndpoint"));
        }
    }
}
