package consumer;

import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Flux;

/**
 * Starts the service, uses it over HTTP, ends it while a page is open, and recovers what it has written. Does
 * this twice, without and with ahead-of-time processing. Ends with an exception if anything is wrong.
 */
public final class Consumer {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Path root;

    private Consumer(Path root) {
        this.root = root;
    }

    /** Runs below the folder in the first argument, which must not exist yet. */
    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[0]);
        new Consumer(root.resolve("as-it-is")).use();
        System.setProperty(AotDetector.AOT_ENABLED, "true");
        new Consumer(root.resolve("ahead-of-time")).use();
    }

    private void use() throws Exception {
        SpringApplication application = new SpringApplication(Service.class);
        application.setMainApplicationClass(Service.class);
        ConfigurableApplicationContext context = application.run("--container-status.root=" + root);
        URI address = URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));

        expect(200, "CREATED", send(HttpRequest.newBuilder(address.resolve("/containers/web-1"))
                .PUT(BodyPublishers.noBody())));
        expect(200, "CREATED", get(address, "/containers/web"));
        expect(404, "ContainerNotFoundException", get(address, "/containers/db"));
        expect(200, "web-1", get(address, "/actuator/containers"));
        expect(200, "UP", get(address, "/actuator/health"));
        expect(200, "VALUE", get(address, "/actuator/metrics/container.status.writable"));
        CompletableFuture<List<String>> page = events(address);
        context.close();
        List<String> received = page.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        require(received.stream().anyMatch(line -> line.contains("SNAPSHOT")), "received", received);

        List<String> recovered = StatusStore.using(root, store -> Flux.fromIterable(store.list()))
                .map(StatusStorage::id)
                .collectList()
                .block(PATIENCE);
        require(List.of("web-1").equals(recovered), "recovered", recovered);
    }

    /**
     * Opens the stream of events. Returns its lines once the stream has ended, or was cut because the server ended.
     */
    private CompletableFuture<List<String>> events(URI address) throws Exception {
        HttpResponse<Stream<String>> response = client.send(
                HttpRequest.newBuilder(address.resolve("/events")).build(), BodyHandlers.ofLines());
        return CompletableFuture.supplyAsync(() -> {
            List<String> lines = new ArrayList<>();
            try {
                response.body().forEach(lines::add);
            } catch (UncheckedIOException cut) {
                // Tomcat may close the connection before it has sent the end of the stream.
            }
            return lines;
        });
    }

    private HttpResponse<String> get(URI address, String path) throws Exception {
        return send(HttpRequest.newBuilder(address.resolve(path)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static void expect(int status, String part, HttpResponse<String> response) {
        require(response.statusCode() == status && response.body().contains(part),
                response.request().uri() + " answered " + response.statusCode(), response.body());
    }

    private static void require(boolean holds, String what, Object found) {
        if (!holds) {
            throw new AssertionError(what + ": " + found);
        }
    }
}
