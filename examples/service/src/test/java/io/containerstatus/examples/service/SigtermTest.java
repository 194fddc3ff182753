package io.containerstatus.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.testing.PrintedCounts;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The end of the program by SIGTERM, with pages open and updates under way. */
@Tag("long")
class SigtermTest {
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final Duration WITHIN = Duration.ofSeconds(3);
    private static final int PAGES = 5;
    private static final int WRITERS = 50;

    @TempDir
    Path folder;

    private final ExecutorService pages = Executors.newCachedThreadPool();
    /** When the process was started, by container, as the service has answered. */
    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();

    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger received = new AtomicInteger();
    private final AtomicBoolean terminated = new AtomicBoolean();

    @AfterEach
    void endThreads() {
        pages.shutdownNow();
    }

    @Test
    void nothingAcknowledgedIsLostAndNothingIsLogged() throws Exception {
        Path root = folder.resolve("containers");
        try (ServiceProcess service = ServiceProcess.start(folder, "--root", root.toString(), "--port", "0")) {
            List<CompletableFuture<Void>> open = IntStream.range(0, PAGES)
                    .mapToObj(page -> CompletableFuture.runAsync(() -> show(service), pages))
                    .toList();
            List<CompletableFuture<Void>> writers = IntStream.range(0, WRITERS)
                    .mapToObj(writer -> write(service, writer, 0))
                    .toList();
            await().atMost(PATIENCE)
                    .until(() -> acknowledged.size() > WRITERS
                            && received.get() > PAGES * WRITERS
                            && underWay.get() == WRITERS);

            int before = acknowledged.size();
            terminated.set(true);
            long began = System.nanoTime();
            service.terminate();
            boolean ended = service.hasEndedWithin(PATIENCE);
            Duration took = Duration.ofNanos(System.nanoTime() - began);

            // Each page receives a proper end.
            all(open).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            all(writers).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            PrintedCounts.print("shutdown took " + took.toMillis() + " ms; " + before
                    + " starts were acknowledged before, " + (acknowledged.size() - before) + " after the signal");
            assertThat(ended).isTrue();
            assertThat(service.printed()).doesNotContain("ERROR", "WARN", "Exception");
            assertThat(took).isLessThan(WITHIN);
        }
        assertAllAreThere(root);
    }

    @Test
    void aStopThatTakesLongerFailsAndTheProcessRunsOn() throws Exception {
        Path root = folder.resolve("containers");
        Path running = folder.resolve("running");
        Path asked = folder.resolve("asked");
        // Notes SIGTERM, and runs until the folder of the test is removed.
        String loop = "trap 'touch " + asked + "' TERM; touch " + running + "; while [ -d '" + folder
                + "' ]; do sleep 0.1; done";
        try (ServiceProcess service = ServiceProcess.start(folder, "--root", root.toString(), "--port", "0")) {
            assertThat(service.start("web", List.of("sh", "-c", loop)).join().statusCode())
                    .isEqualTo(201);
            await().atMost(PATIENCE).until(() -> Files.exists(running));
            CompletableFuture<Boolean> stopped = service.client()
                    .sendAsync(
                            service.request("/containers/web/stop")
                                    .POST(BodyPublishers.noBody())
                                    .build(),
                            BodyHandlers.discarding())
                    .handle((response, failure) -> response != null && response.statusCode() == 200);
            await().atMost(PATIENCE).until(() -> Files.exists(asked));

            long began = System.nanoTime();
            service.terminate();
            assertThat(service.hasEndedWithin(PATIENCE)).isTrue();

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(WITHIN);
            assertThat(stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isFalse();
            // The failure of the request is a warning.
            assertThat(service.printed()).doesNotContain("ERROR", "Exception");
        }
        Status status = StatusCodec.decode(Files.readAllBytes(root.resolve("web/status")));
        assertThat(status.state()).isEqualTo(ContainerState.RUNNING);
        assertThat(ProcessHandle.of(status.pid()))
                .hasValueSatisfying(process -> assertThat(process.isAlive()).isTrue());
    }

    /** Reads events until the service ends them; fails when the connection is cut. */
    private void show(ServiceProcess service) {
        try {
            HttpResponse<Stream<String>> response =
                    service.client().send(service.request("/events").build(), BodyHandlers.ofLines());
            response.body().filter(line -> line.startsWith("data:")).forEach(line -> received.incrementAndGet());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Starts one process after the other, until the signal; a missing answer proves nothing. */
    private CompletableFuture<Void> write(ServiceProcess service, int writer, int number) {
        String id = "w" + writer + "-" + number;
        underWay.incrementAndGet();
        return service.start(id, List.of("true"))
                .handle((response, failure) -> response)
                .thenCompose(response -> {
                    if (response != null && response.statusCode() == 201) {
                        acknowledged.put(id, startedAt(response.body()));
                    }
                    underWay.decrementAndGet();
                    return terminated.get()
                            ? CompletableFuture.completedFuture(null)
                            : write(service, writer, number + 1);
                });
    }

    private static String startedAt(String body) {
        JsonNode current = JsonMapper.shared().readTree(body).get("current");
        return current.get("startedAt").stringValue();
    }

    private void assertAllAreThere(Path root) {
        StatusStore store = Objects.requireNonNull(StatusStore.open(root).block(PATIENCE));
        try {
            assertThat(store.recovery().failures()).isEmpty();
            acknowledged.forEach((id, startedAt) -> assertThat(store.get(id))
                    .as(id)
                    .isNotNull()
                    .extracting(StatusStorage::current)
                    .extracting(Status::startedAt)
                    .hasToString(startedAt));
        } finally {
            store.close().block(PATIENCE);
        }
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Void>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }
}
