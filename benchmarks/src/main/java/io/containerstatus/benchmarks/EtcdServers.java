package io.containerstatus.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd of one or more members on the loopback. Its data is on the same file system as everything else
 * that is measured.
 */
final class EtcdServers implements AutoCloseable {
    private static final int ATTEMPTS = 5;
    private static final Duration START = Duration.ofSeconds(60);
    private static final int POLL_MILLISECONDS = 50;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> members = new ArrayList<>();
    private final List<String> urls = new ArrayList<>();

    /** The program of the server. */
    record Program(Path path) {

        /**
         * Returns the program that {@code -Dstatus.etcd} names, or else the one on the PATH; null if there is none.
         */
        static @Nullable Program find() {
            String given = System.getProperty("status.etcd");
            String folders = System.getenv().getOrDefault("PATH", "");
            return (given != null
                            ? List.of(Path.of(given))
                            : Arrays.stream(folders.split(File.pathSeparator))
                                    .map(folder -> Path.of(folder, "etcd"))
                                    .toList())
                    .stream()
                            .filter(Files::isExecutable)
                            .findFirst()
                            .map(Program::new)
                            .orElse(null);
        }
    }

    private EtcdServers() {}

    /** Starts an etcd of this size. Returns when all members are healthy. */
    static EtcdServers start(Run run, Program program, int size) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            EtcdServers started = new EtcdServers();
            if (started.begin(run.newFolder("etcd"), program, size)) {
                return started;
            }
            // Another program has taken a port between its choice and the start.
            started.close();
            if (attempt == ATTEMPTS) {
                throw new IOException(program.path() + " ends right after its start");
            }
        }
    }

    private boolean begin(Path folder, Program program, int size) throws IOException, InterruptedException {
        List<String> ports = freePorts(2 * size);
        List<String> peers = IntStream.range(0, size)
                .mapToObj(i -> "http://127.0.0.1:" + ports.get(size + i))
                .toList();
        String cluster = IntStream.range(0, size)
                .mapToObj(i -> "m" + i + "=" + peers.get(i))
                .collect(Collectors.joining(","));
        for (int i = 0; i < size; i++) {
            String url = "http://127.0.0.1:" + ports.get(i);
            urls.add(url);
            members.add(new ProcessBuilder(
                            program.path().toString(),
                            "--name=m" + i,
                            "--data-dir=" + folder.resolve("m" + i),
                            "--listen-client-urls=" + url,
                            "--advertise-client-urls=" + url,
                            "--listen-peer-urls=" + peers.get(i),
                            "--initial-advertise-peer-urls=" + peers.get(i),
                            "--initial-cluster=" + cluster,
                            // A run writes more than the default quota holds, because nothing compacts.
                            "--quota-backend-bytes=" + (8L << 30))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("m" + i + ".log").toFile())
                    .start());
        }
        long end = System.nanoTime() + START.toNanos();
        while (members.stream().allMatch(Process::isAlive)) {
            if (areHealthy()) {
                return true;
            }
            if (System.nanoTime() - end > 0) {
                throw new IOException("no healthy etcd after " + START + ", see " + folder);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLISECONDS);
        }
        return false;
    }

    private boolean areHealthy() throws InterruptedException {
        for (String url : urls) {
            try {
                HttpResponse<String> answer = http.send(
                        HttpRequest.newBuilder(URI.create(url + "/health")).build(),
                        HttpResponse.BodyHandlers.ofString());
                if (!answer.body().contains("\"health\":\"true\"")) {
                    return false;
                }
            } catch (IOException notYet) {
                return false;
            }
        }
        return true;
    }

    private static List<String> freePorts(int number) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < number; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream()
                    .map(socket -> String.valueOf(socket.getLocalPort()))
                    .toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Returns the URLs for clients. */
    List<String> urls() {
        return urls;
    }

    @Override
    public void close() {
        members.forEach(Process::destroyForcibly);
        members.forEach(member -> member.onExit().join());
    }
}
