package io.containerstatus.examples.service;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.reactive.StatusStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What a client gets from a real server. */
@Tag("long")
class NodeApiTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ParameterizedTypeReference<ServerSentEvent<Map<String, Object>>> EVENT =
            new ParameterizedTypeReference<>() {};

    @TempDir
    Path folder;

    private Path root() {
        return folder.resolve("containers");
    }

    /** A command that runs until it is stopped, or the test is over. */
    private List<String> untilStopped() {
        return List.of("sh", "-c", "while [ -d \"$0\" ]; do sleep 0.1; done", folder.toString());
    }

    private static WebTestClient.ResponseSpec start(WebTestClient client, String id, List<String> command) {
        return client.put()
                .uri("/containers/{id}", id)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Map.of("command", command))
                .exchange();
    }

    private void write(String id, Status status) throws IOException {
        Files.createDirectories(root().resolve(id));
        Files.write(root().resolve(id).resolve("status"), StatusCodec.encode(status));
    }

    @Test
    void aProcessIsStartedStoppedAndRemoved() {
        try (Service service = Service.owning(root())) {
            WebTestClient client = service.client();

            start(client, "web", untilStopped())
                    .expectStatus()
                    .isCreated()
                    .expectHeader()
                    .location("/containers/web")
                    .expectBody()
                    .jsonPath("$.id")
                    .isEqualTo("web")
                    .jsonPath("$.current.state")
                    .isEqualTo("RUNNING")
                    .jsonPath("$.current.pid")
                    .value(pid -> assertThat(ProcessHandle.of(((Number) pid).longValue()))
                            .isPresent());
            client.delete().uri("/containers/web").exchange().expectStatus().isEqualTo(409);
            client.post()
                    .uri("/containers/web/stop")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.state")
                    .isEqualTo("EXITED")
                    .jsonPath("$.current.exitCode")
                    .isEqualTo(143);
            client.delete().uri("/containers/web").exchange().expectStatus().isNoContent();
            client.get()
                    .uri("/containers/web")
                    .exchange()
                    .expectStatus()
                    .isNotFound()
                    .expectBody()
                    .jsonPath("$.failure")
                    .isEqualTo("ContainerNotFoundException");
            assertThat(root().resolve("web")).doesNotExist();
        }
    }

    @Test
    void aListIsFilteredByPrefixAndState() {
        try (Service service = Service.owning(root())) {
            WebTestClient client = service.client();
            StatusStore store = service.bean(StatusStore.class);
            Flux.just("db", "web-1", "web-2")
                    .concatMap(id -> store.create(id, created(Instant.now())))
                    .blockLast(PATIENCE);
            store.find("web-2").apply(started(4711, Instant.now())).block(PATIENCE);

            assertThat(ids(client, "/containers")).containsExactly("db", "web-1", "web-2");
            assertThat(ids(client, "/containers?prefix=web")).containsExactly("web-1", "web-2");
            assertThat(ids(client, "/containers?state=CREATED")).containsExactly("db", "web-1");
            assertThat(ids(client, "/containers?prefix=web&state=RUNNING,EXITED"))
                    .containsExactly("web-2");
            client.get().uri("/containers?state=BUSY").exchange().expectStatus().isBadRequest();
        }
    }

    private static List<String> ids(WebTestClient client, String uri) {
        return client
                .get()
                .uri(uri)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBodyList(ContainerId.class)
                .returnResult()
                .getResponseBody()
                .stream()
                .map(ContainerId::id)
                .toList();
    }

    @com.fasterxml.jackson.annotation.JsonIgnoreProperties(ignoreUnknown = true)
    record ContainerId(String id) {}

    @Test
    void whatCannotBeStartedIsRefusedOrRecorded() {
        try (Service service = Service.owning(root())) {
            WebTestClient client = service.client();

            start(client, "none", List.of()).expectStatus().isBadRequest();
            start(client, "-", List.of("true")).expectStatus().isBadRequest();
            start(client, "typo", List.of("no-such-command"))
                    .expectStatus()
                    .isCreated()
                    .expectBody()
                    .jsonPath("$.current.reason")
                    .isEqualTo("StartError");
            start(client, "typo", List.of("true")).expectStatus().isEqualTo(409);
            assertThat(ids(client, "/containers")).containsExactly("typo");
        }
    }

    /** The environment may have an empty {@code NODE_TOKEN}, which Spring takes as {@code node.token}. */
    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void aBlankTokenIsNone(String token) {
        try (Service service = Service.owning(root(), "node.token=" + token)) {
            WebTestClient client = service.client();

            client.delete().uri("/containers/none").exchange().expectStatus().isNotFound();
            assertThat(client.get()
                            .uri("/events")
                            .exchange()
                            .returnResult(EVENT)
                            .getResponseBody()
                            .blockFirst(PATIENCE)
                            .data())
                    .containsEntry("tokenNeeded", false);
        }
    }

    @Test
    void theEndOfAProcessOfTheServiceBeforeIsRecorded() {
        try (Service first = Service.owning(root())) {
            start(first.client(), "web", untilStopped()).expectStatus().isCreated();
        }
        try (Service second = Service.owning(root())) {
            second.client()
                    .post()
                    .uri("/containers/web/stop")
                    .exchange()
                    .expectBody()
                    .jsonPath("$.state")
                    .isEqualTo("EXITED")
                    .jsonPath("$.current.exitCode")
                    .isEqualTo(255);
        }
    }

    @Test
    void theDemoStartsThreeProcessesOnce() {
        try (Service service = Service.owning(root(), "node.demo=true")) {
            assertThat(ids(service.client(), "/containers?state=RUNNING")).containsExactly("backup", "import", "web");
        }
        // They go on: the second service takes them up, and starts none twice.
        try (Service service = Service.owning(root(), "node.demo=true")) {
            assertThat(ids(service.client(), "/containers?state=RUNNING")).containsExactly("backup", "import", "web");
            for (String id : List.of("backup", "import", "web")) {
                service.client()
                        .post()
                        .uri("/containers/{id}/stop", id)
                        .exchange()
                        .expectStatus()
                        .isOk();
            }
        }
    }

    @Test
    void aFollowedRootIsShownAndNotChanged() throws IOException {
        write("web", started(created(Instant.now()), 4711, Instant.now()));
        Files.createDirectories(root().resolve("bad"));
        Files.writeString(root().resolve("bad/status"), "{");
        try (Service service = Service.following(root())) {
            WebTestClient client = service.client();

            assertThat(ids(client, "/containers")).containsExactly("bad", "web");
            assertThat(ids(client, "/containers?state=UNKNOWN")).containsExactly("bad");
            client.get()
                    .uri("/containers/w")
                    .exchange()
                    .expectBody()
                    .jsonPath("$.current.pid")
                    .isEqualTo(4711);
            client.get()
                    .uri("/containers/bad")
                    .exchange()
                    .expectBody()
                    .jsonPath("$.problem")
                    .value(problem -> assertThat(problem).asString().contains("not a container status"));
            client.get().uri("/containers/none").exchange().expectStatus().isNotFound();
            start(client, "new", List.of("true")).expectStatus().isEqualTo(405);
            client.delete().uri("/containers/web").exchange().expectStatus().isEqualTo(405);
            assertThat(root().resolve("web/status")).exists();
        }
    }

    @Test
    void aPrefixOfSeveralFollowedContainersIsRefused() throws IOException {
        for (String id : List.of("web", "web-1", "web-2", "db-1", "db-2")) {
            write(id, created(Instant.now()));
        }
        try (Service service = Service.following(root())) {
            service.client()
                    .get()
                    .uri("/containers/db")
                    .exchange()
                    .expectStatus()
                    .isBadRequest()
                    .expectBody()
                    .jsonPath("$.failure")
                    .isEqualTo("AmbiguousIdException");
            service.client()
                    .get()
                    .uri("/containers/web")
                    .exchange()
                    .expectBody()
                    .jsonPath("$.id")
                    .isEqualTo("web");
        }
    }

    @Test
    void aStatusThatCannotBeUsedIsShownUntilItIsWritten() throws IOException {
        Files.createDirectories(root().resolve("bad"));
        Files.writeString(root().resolve("bad/status"), "{");
        Files.createDirectories(root().resolve("empty"));
        try (Service service = Service.owning(root())) {
            WebTestClient client = service.client();

            client.get()
                    .uri("/containers")
                    .exchange()
                    .expectBody()
                    .jsonPath("$[0].state")
                    .isEqualTo("UNKNOWN")
                    .jsonPath("$[0].problem")
                    .value(problem -> assertThat(problem).asString().contains("not a container status"))
                    .jsonPath("$[1].problem")
                    .isEqualTo("there is no status");

            service.bean(StatusStore.class)
                    .find("bad")
                    .updateSync(status -> created(Instant.now()))
                    .block(PATIENCE);

            client.get()
                    .uri("/containers/bad")
                    .exchange()
                    .expectBody()
                    .jsonPath("$.state")
                    .isEqualTo("CREATED")
                    .jsonPath("$.problem")
                    .doesNotExist();
            // No process belongs to it.
            client.delete().uri("/containers/empty").exchange().expectStatus().isNoContent();
        }
    }

    @Test
    void eventsAreASnapshotItsEndAndWhatFollows() {
        try (Service service = Service.owning(root())) {
            StatusStore store = service.bean(StatusStore.class);
            store.create("web", created(Instant.now())).block(PATIENCE);

            Flux<ServerSentEvent<Map<String, Object>>> events = service.client()
                    .get()
                    .uri("/events")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM)
                    .returnResult(EVENT)
                    .getResponseBody();

            StepVerifier.create(events.map(NodeApiTest::text))
                    .expectNext("snapshot null null", "container web CREATED", "complete null null")
                    .then(() -> store.find("web")
                            .apply(started(4711, Instant.now()))
                            .block(PATIENCE))
                    .expectNext("container web RUNNING")
                    .then(() -> store.delete("web").block(PATIENCE))
                    .expectNext("deleted web null")
                    // The page connects again, to the next service.
                    .then(service::close)
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }

    private static String text(ServerSentEvent<Map<String, Object>> event) {
        Map<String, Object> data = event.data();
        return event.event() + " " + data.get("id") + " " + data.get("state");
    }

    @Test
    void aProcessThatEndsByItselfIsShown() {
        try (Service service = Service.owning(root())) {
            start(service.client(), "job", List.of("sh", "-c", "exit 3"))
                    .expectStatus()
                    .isCreated();

            StatusStore store = service.bean(StatusStore.class);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(store.find("job").current())
                            .returns(ContainerState.EXITED, Status::state)
                            .returns(3, Status::exitCode));
        }
    }
}
