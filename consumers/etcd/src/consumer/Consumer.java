package consumer;

import static io.containerstatus.StatusTransitions.created;
import static io.containerstatus.StatusTransitions.exited;
import static io.containerstatus.StatusTransitions.started;

import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.etcd.EtcdCheckpoints;
import io.containerstatus.etcd.EtcdEndpoints;
import io.containerstatus.etcd.FleetChange;
import io.containerstatus.etcd.FleetFollower;
import io.containerstatus.etcd.FleetPublisher;
import io.containerstatus.reactive.StatusStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Keeps the status of one node on etcd, publishes that of another node from its files, and follows both. Starts the etcd
 * that the environment variable STATUS_ETCD names. Ends with an exception if anything is wrong.
 */
public final class Consumer {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PREFIX = "/status";

    private Consumer() {}

    /** Runs on the root in the first argument, which must not exist yet. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path root = Path.of(args[0]);
        String url = "http://127.0.0.1:" + freePort();
        String peers = "http://127.0.0.1:" + freePort();
        Process etcd = new ProcessBuilder(
                        System.getenv("STATUS_ETCD"),
                        "--data-dir=" + root.resolveSibling(root.getFileName() + "-etcd"),
                        "--listen-client-urls=" + url,
                        "--advertise-client-urls=" + url,
                        "--listen-peer-urls=" + peers,
                        "--initial-advertise-peer-urls=" + peers,
                        "--initial-cluster=default=" + peers)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            use(EtcdEndpoints.of(url), root);
        } finally {
            etcd.destroy();
            if (!etcd.waitFor(10, TimeUnit.SECONDS)) {
                etcd.destroyForcibly();
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static void use(EtcdEndpoints endpoints, Path root) {
        Status onEtcd = within(endpoints, Consumer::record);
        List<Status> recovered = within(
                endpoints,
                store -> Mono.just(store.list().stream()
                        .map(container -> container.current())
                        .toList()));
        require(recovered.equals(List.of(onEtcd)), "recovered", recovered);

        StatusStore files = StatusStore.open(root).block(PATIENCE);
        FleetPublisher publisher =
                FleetPublisher.builder(files, endpoints, PREFIX, "node-2").start();
        FleetFollower fleet = FleetFollower.builder(endpoints, PREFIX).build();
        try {
            Status onFiles = record(files).block(PATIENCE);
            List<FleetChange> followed = fleet.changes()
                    .filter(change -> change.state() == ContainerState.EXITED)
                    .take(2)
                    .collectSortedList((one, other) -> one.node().compareTo(other.node()))
                    .block(PATIENCE);
            require(followed.get(0).node().equals("node-1"), "first node", followed);
            require(followed.get(0).current().equals(onEtcd), "status on etcd", followed);
            require(followed.get(1).node().equals("node-2"), "second node", followed);
            require(followed.get(1).current().equals(onFiles), "published status", followed);
        } finally {
            fleet.close().block(PATIENCE);
            publisher.close().block(PATIENCE);
            files.close().block(PATIENCE);
        }
    }

    /** Opens a store on etcd, performs the work, and closes the store. */
    private static <T> T within(EtcdEndpoints endpoints, Function<StatusStore, Mono<T>> work) {
        EtcdCheckpoints etcd = EtcdCheckpoints.builder(endpoints, PREFIX, "node-1")
                .openTimeout(PATIENCE)
                .build();
        return Mono.usingWhen(StatusStore.builder(etcd).open(), work, StatusStore::close).block(PATIENCE);
    }

    private static Mono<Status> record(StatusStore store) {
        return store.create("web-1", created(Instant.now()))
                .flatMap(web -> web.apply(started(42, Instant.now()))
                        .then(web.apply(exited(3, Instant.now()))));
    }

    private static void require(boolean holds, String what, Object found) {
        if (!holds) {
            throw new AssertionError(what + ": " + found);
        }
    }
}
