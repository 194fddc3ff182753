package io.containerstatus.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What a client gets from a real server. */
@Tag("long")
class WebTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Console console = new Console();

    @AfterEach
    void stopListening() {
        console.close();
    }

    @TempDir
    Path root;

    private static Map<String, Object> json(HttpResponse<String> response) {
        return JsonMapper.shared().readValue(response.body(), new TypeReference<>() {});
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void failuresAreProblemDetails(WebApplicationType type) {
        try (Server server = Server.start(type, root, List.of())) {
            HttpResponse<String> created = server.put("/containers/web-1");
            assertThat(created.statusCode()).isEqualTo(200);
            assertThat(json(created)).containsEntry("state", "CREATED");

            HttpResponse<String> none = server.get("/containers/db");
            assertThat(none.statusCode()).isEqualTo(404);
            assertThat(none.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(json(none))
                    .containsEntry("status", 404)
                    .containsEntry("title", "Not Found")
                    .containsEntry("instance", "/containers/db")
                    .containsEntry("failure", "ContainerNotFoundException")
                    .hasEntrySatisfying(
                            "detail", detail -> assertThat(detail).asString().contains("\"db\""));

            HttpResponse<String> again = server.put("/containers/web-1");
            assertThat(again.statusCode()).isEqualTo(409);
            assertThat(json(again)).containsEntry("failure", "AlreadyExistsException");

            assertThat(server.put("/containers/-").statusCode()).isEqualTo(400);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FailingStore {
        @Bean
        InMemoryCheckpoints checkpoints() {
            return new InMemoryCheckpoints();
        }

        @Bean
        StatusStore store(InMemoryCheckpoints checkpoints) {
            return StatusStore.builder(checkpoints).open().block(PATIENCE);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void aDiskThatFailsIsLoggedAndNotReady(WebApplicationType type) {
        try (Server server = Server.start(
                type,
                root,
                List.of(FailingStore.class),
                "management.endpoint.health.group.readiness.include=readinessState,containerStatus")) {
            assertThat(server.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
            server.bean(InMemoryCheckpoints.class)
                    .failNext(new NotWrittenException("web-1", "/dev/full is full", null));

            HttpResponse<String> refused = server.put("/containers/web-1");

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).doesNotContain("/dev/full");
            assertThat(console.toString()).contains("/dev/full is full");
            assertThat(server.get("/actuator/health/readiness").statusCode()).isEqualTo(503);
            assertThat(server.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        }
    }

    @RestControllerAdvice
    static class OwnAdvice {
        @ExceptionHandler
        ProblemDetail locked(AlreadyExistsException failure) {
            return ProblemDetail.forStatus(HttpStatus.LOCKED);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void theAdviceOfTheApplicationGoesFirst(WebApplicationType type) {
        try (Server server = Server.start(type, root, List.of(OwnAdvice.class))) {
            server.put("/containers/web-1");
            assertThat(server.put("/containers/web-1").statusCode()).isEqualTo(423);
            assertThat(server.get("/containers/db").statusCode()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void theEndpointListsAndFinds(WebApplicationType type) {
        try (Server server =
                Server.start(type, root, List.of(), "management.endpoints.web.exposure.include=containers,metrics")) {
            server.put("/containers/web-1");
            server.put("/containers/web-2");

            assertThat(json(server.get("/actuator/containers")).get("containers"))
                    .asString()
                    .contains("id=web-1", "id=web-2", "state=CREATED");
            assertThat(json(server.get("/actuator/containers/web-1")))
                    .containsEntry("id", "web-1")
                    .containsEntry("revision", 1);
            assertThat(server.get("/actuator/containers/db").statusCode()).isEqualTo(404);
            assertThat(server.get("/actuator/containers/web").statusCode()).isEqualTo(400);
            assertThat(server.get("/actuator/metrics/container.status.commits").body())
                    .contains("\"value\":2");
        }
    }
}
