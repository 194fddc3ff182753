package io.containerstatus.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.Status;
import io.containerstatus.reactive.StatusStore;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The end of a real server, with pages open and updates under way. */
@Tag("long")
class ShutdownTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration WITHIN = Duration.ofSeconds(3);
    private static final int PAGES = 5;
    private static final int WRITERS = 50;

    @TempDir
    Path root;

    private final Console console = new Console();
    private final ExecutorService pages = Executors.newCachedThreadPool();
    /** The last pid that the server has answered for, by container. */
    private final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();

    private final AtomicInteger received = new AtomicInteger();

    /** Updates at once, or when the test says so. */
    @RestController
    static class UpdateController {
        private final StatusStore store;
        private final Sinks.Empty<Void> gate = Sinks.empty();
        private final AtomicInteger held = new AtomicInteger();

        UpdateController(StatusStore store) {
            this.store = store;
        }

        @PostMapping("/containers/{id}/{pid}")
        Mono<Status> update(@PathVariable String id, @PathVariable int pid) {
            return store.find(id)
                    .updateSync(status -> status.toBuilder().pid(pid).build());
        }

        @PostMapping("/held/{id}/{pid}")
        Mono<Status> updateBehindTheGate(@PathVariable String id, @PathVariable int pid) {
            return gate.asMono().then(update(id, pid)).doOnSubscribe(subscribed -> held.incrementAndGet());
        }
    }

    @AfterEach
    void endThreads() {
        console.close();
        pages.shutdownNow();
    }

    static Stream<Arguments> servers() {
        Stream<Arguments> onPlatformThreads = Stream.of(
                Arguments.of(WebApplicationType.SERVLET, false), Arguments.of(WebApplicationType.REACTIVE, false));
        Stream<Arguments> onVirtualThreads = Runtime.version().feature() < 21
                ? Stream.of()
                : Stream.of(Arguments.of(WebApplicationType.SERVLET, true));
        return Stream.concat(onPlatformThreads, onVirtualThreads);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void pagesEndFirstThenRequestsThenTheStore(WebApplicationType type, boolean virtualThreads) throws Exception {
        Server server = Server.start(
                type, root, List.of(UpdateController.class), "spring.threads.virtual.enabled=" + virtualThreads);
        List<String> ids = IntStream.range(0, WRITERS).mapToObj(i -> "web-" + i).toList();
        ids.forEach(
                id -> assertThat(server.put("/containers/" + id).statusCode()).isEqualTo(200));
        server.put("/containers/slow");
        List<CompletableFuture<Void>> open =
                IntStream.range(0, PAGES).mapToObj(i -> page(server)).toList();
        CompletableFuture<HttpResponse<String>> held = post(server, "/held/slow/4711");
        List<CompletableFuture<Void>> writers =
                ids.stream().map(id -> writer(server, id, 1)).toList();
        UpdateController controller = server.bean(UpdateController.class);
        await().atMost(PATIENCE)
                .until(() -> controller.held.get() == 1
                        && received.get() > PAGES * WRITERS
                        && acknowledged.values().stream().filter(pid -> pid > 2).count() == WRITERS);

        long began = System.nanoTime();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close, pages);
        // They end well, though one request is not answered yet.
        all(open).get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(closing).isNotDone();
        controller.gate.tryEmitEmpty();
        closing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        all(writers).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(took).isLessThan(WITHIN);
        assertThat(held.get().statusCode()).isEqualTo(200);
        acknowledged.put("slow", 4711);
        StatusStore store = Objects.requireNonNull(StatusStore.open(root).block(PATIENCE));
        acknowledged.forEach(
                (id, pid) -> assertThat(store.find(id).current().pid()).isGreaterThanOrEqualTo(pid));
        store.close().block(PATIENCE);
        assertThat(console.toString()).doesNotContain(" WARN ").doesNotContain(" ERROR ");
    }

    /** Shows events, until the server ends them; fails when the connection is cut. */
    private CompletableFuture<Void> page(Server server) {
        Stream<String> events = server.open("/events").body();
        return CompletableFuture.runAsync(
                () -> events.filter(line -> line.startsWith("data:")).forEach(line -> received.incrementAndGet()),
                pages);
    }

    /** Writes one pid after the other, until an answer fails to come. */
    private CompletableFuture<Void> writer(Server server, String id, int pid) {
        return post(server, "/containers/" + id + "/" + pid)
                .handle((response, failure) -> response)
                .thenCompose(response -> {
                    if (response == null || response.statusCode() != 200) {
                        return CompletableFuture.completedFuture(null);
                    }
                    acknowledged.put(id, pid);
                    return writer(server, id, pid + 1);
                });
    }

    private static CompletableFuture<HttpResponse<String>> post(Server server, String path) {
        return server.client()
                .sendAsync(server.request(path).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Void>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }
}
