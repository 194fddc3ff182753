package io.containerstatus.examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** The service as {@code examples/service/run} starts it: in a process of its own, from the class path that Maven has written. */
final class ServiceProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final Pattern URL = Pattern.compile("^(http://\\S+)$", Pattern.MULTILINE);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Process process;
    private final Path output;
    private final String url;

    private ServiceProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
        this.url = await().atMost(PATIENCE).until(this::printedUrl, printed -> !printed.isEmpty());
    }

    /** Starts it, and returns when it has printed its URL. What it prints goes to a new file in this folder. */
    static ServiceProcess start(Path folder, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                BASE.resolve("target/classes") + ":"
                        + Files.readString(BASE.resolve("target/class-path")).strip(),
                Main.class.getName()));
        command.addAll(List.of(options));
        Path output = Files.createTempFile(folder, "service", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().remove("NODE_TOKEN");
        return new ServiceProcess(builder.start(), output);
    }

    private String printedUrl() throws IOException {
        assertThat(process.isAlive()).as(printed()).isTrue();
        Matcher found = URL.matcher(printed());
        return found.find() ? found.group(1) : "";
    }

    /** Returns what it has printed until now, its log included. */
    String printed() throws IOException {
        return Files.readString(output);
    }

    String url() {
        return url;
    }

    String port() {
        return String.valueOf(URI.create(url).getPort());
    }

    /** Ends it as a power cut would. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Returns whether it has ended within this time. */
    boolean hasEndedWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url).resolve(path));
    }

    HttpClient client() {
        return client;
    }

    CompletableFuture<HttpResponse<String>> start(String id, List<String> command) {
        return client.sendAsync(
                request("/containers/" + id)
                        .PUT(BodyPublishers.ofString(
                                JsonMapper.shared().writeValueAsString(new ProcessController.Start(command))))
                        .header("Content-Type", "application/json")
                        .build(),
                BodyHandlers.ofString());
    }

    String get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString()).body();
    }

    @Override
    public void close() {
        kill();
    }
}
