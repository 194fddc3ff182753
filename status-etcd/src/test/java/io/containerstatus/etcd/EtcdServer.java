package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real etcd of one member on the loopback, with its data in a folder of its own. {@link EtcdProgram}
 * describes what happens if there is no etcd.
 */
final class EtcdServer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static EtcdServer shared;

    private final HttpClient http = HttpClient.newHttpClient();
    private final LoopbackPort clients = LoopbackPort.reserve();
    private final LoopbackPort members = LoopbackPort.reserve();
    private final Path folder;
    private final List<String> command;
    private final String url;
    private Process process;

    private EtcdServer(Path program) throws IOException {
        folder = Files.createTempDirectory("status-etcd");
        url = "http://127.0.0.1:" + clients.number();
        String peers = "http://127.0.0.1:" + members.number();
        command = List.of(
                program.toString(),
                "--name=one",
                "--data-dir=" + folder.resolve("data"),
                "--listen-client-urls=" + url,
                "--advertise-client-urls=" + url,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=one=" + peers);
        start();
    }

    /**
     * Returns the server that all tests share. It starts for the first test that needs it, and ends with this process.
     */
    static synchronized EtcdServer shared() {
        if (shared == null) {
            EtcdServer server = own();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            shared = server;
        }
        return shared;
    }

    /** Returns a server for this test only, which the test closes. */
    static EtcdServer own() {
        try {
            return new EtcdServer(EtcdProgram.server());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the program on the existing data. Returns once it is healthy. */
    void start() {
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await().atMost(START).until(this::isHealthy);
    }

    private boolean isHealthy() throws InterruptedException {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(url + "/health")).build(), HttpResponse.BodyHandlers.ofString());
            return answer.body().contains("\"health\":\"true\"");
        } catch (IOException e) {
            return false;
        }
    }

    /** Copies the data of the killed server for {@link #restore}. */
    void backUp() {
        copy(folder.resolve("data"), folder.resolve("backup"));
    }

    /** Replaces the data of the killed server with the backup. */
    void restore() {
        delete(folder.resolve("data"));
        copy(folder.resolve("backup"), folder.resolve("data"));
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compacts: removes every key's revisions before the newest one. */
    void compact() {
        String newest = post("/v3/kv/range", "{\"key\":\"" + base64("none") + "\"}")
                .replaceFirst("(?s).*\"revision\":\"([0-9]+)\".*", "$1");
        post("/v3/kv/compaction", "{\"revision\":\"" + newest + "\",\"physical\":true}");
    }

    /** Kills the process, as {@code kill -9} does, and waits for its end. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Freezes the process. */
    void freeze() {
        signal("STOP");
    }

    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .onExit()
                    .join()
                    .exitValue();
            assertThat(exit).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the port for clients. */
    int port() {
        return URI.create(url).getPort();
    }

    EtcdEndpoints endpoints() {
        return EtcdEndpoints.of(url);
    }

    /** Returns a prefix that no other test uses. */
    static String newPrefix() {
        return "/test" + PREFIXES.incrementAndGet();
    }

    /** Writes a key as another program would. */
    void put(String key, String value) {
        post("/v3/kv/put", "{\"key\":\"" + base64(key) + "\",\"value\":\"" + base64(value) + "\"}");
    }

    void delete(String key) {
        post("/v3/kv/deleterange", "{\"key\":\"" + base64(key) + "\"}");
    }

    /** Returns the keys that begin with this, each with its value. */
    List<String> entries(String beginning) {
        String end =
                beginning.substring(0, beginning.length() - 1) + (char) (beginning.charAt(beginning.length() - 1) + 1);
        String answer =
                post("/v3/kv/range", "{\"key\":\"" + base64(beginning) + "\",\"range_end\":\"" + base64(end) + "\"}");
        return Stream.of(answer.split("\"key\":\""))
                .skip(1)
                .map(entry -> text(entry.substring(0, entry.indexOf('"'))) + "="
                        + text(entry.replaceFirst("(?s).*\"value\":\"([^\"]*)\".*", "$1")))
                .toList();
    }

    /** Makes the server accept only deletions, like a server whose quota is used up. */
    void runOutOfSpace() {
        post("/v3/maintenance/alarm", "{\"action\":\"ACTIVATE\",\"alarm\":\"NOSPACE\"}");
    }

    void haveSpaceAgain() {
        post("/v3/maintenance/alarm", "{\"action\":\"DEACTIVATE\",\"alarm\":\"NOSPACE\"}");
    }

    /** Returns the number of leases. */
    long leases() {
        return post("/v3/lease/leases", "{}").split("\"ID\"").length - 1L;
    }

    /**
     * Calls the server through its JSON gateway, so that no test checks the client with the client itself.
     */
    String post(String path, String body) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(url + path))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        kill();
        clients.close();
        members.close();
        delete(folder);
    }
}
