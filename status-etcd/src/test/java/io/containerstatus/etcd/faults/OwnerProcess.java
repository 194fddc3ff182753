package io.containerstatus.etcd.faults;

import io.containerstatus.etcd.EtcdCheckpoints;
import io.containerstatus.etcd.EtcdEndpoints;
import io.containerstatus.testing.Child;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * An {@link Supervisor} in its own process, which can be frozen and killed. It continues until the ownership is lost.
 */
final class OwnerProcess implements AutoCloseable {
    private final Child child;
    private final CompletableFuture<Long> pid = new CompletableFuture<>();
    private final CompletableFuture<String> lost = new CompletableFuture<>();
    private final CountDownLatch end = new CountDownLatch(1);

    private OwnerProcess(Child child) {
        this.child = child;
    }

    /** Starts an owner that adds its observations to this history. */
    static OwnerProcess start(
            EtcdCluster cluster, String prefix, String node, int epoch, List<String> ids, History history)
            throws IOException {
        OwnerProcess process = new OwnerProcess(Child.start(
                OwnerProcess.class, cluster.member().clientUrl(), prefix, node, epoch, String.join(",", ids)));
        Thread reader = new Thread(() -> process.read(history), "owner-process");
        reader.setDaemon(true);
        reader.start();
        return process;
    }

    private void read(History history) {
        try {
            for (String line = child.line(); line != null; line = child.line()) {
                if (line.startsWith("pid ")) {
                    pid.complete(Long.parseLong(line.substring(4)));
                } else if (line.startsWith("lost ")) {
                    lost.complete(line);
                } else if (line.matches("(begin|end|takeover|read) .*")) {
                    history.take(line);
                } else {
                    System.err.println("owner: " + line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            end.countDown();
        }
    }

    void freeze() {
        EtcdMember.signal(pid.join(), "STOP");
    }

    void thaw() {
        EtcdMember.signal(pid.join(), "CONT");
    }

    /** Kills the process, as {@code kill -9} does, and records everything that it has reported. */
    void kill() throws InterruptedException {
        child.kill();
        end.await();
    }

    /**
     * Waits until the process has noticed the loss of the ownership and has ended. Returns how that was reported.
     */
    String awaitLost() throws InterruptedException {
        String report = lost.join();
        child.awaitEnd();
        end.await();
        return report;
    }

    @Override
    public void close() {
        child.close();
    }

    public static void main(String[] arguments) {
        System.out.println("pid " + ProcessHandle.current().pid());
        EtcdCheckpoints checkpoints = EtcdCheckpoints.builder(
                        EtcdEndpoints.of(arguments[0]), arguments[1], arguments[2])
                .leaseTtl(Duration.ofSeconds(5))
                .requestTimeout(Duration.ofMillis(500))
                .build();
        List<String> ids = List.of(arguments[4].split(","));
        Supervisor owner = new Supervisor(
                checkpoints, Integer.parseInt(arguments[3]), ids, new History(line -> System.out.println(line)));
        owner.open().begin().awaitLost();
        owner.unexpected().forEach(Throwable::printStackTrace);
        String reason = checkpoints.access().reason();
        checkpoints.close().block(Supervisor.PATIENCE);
        System.out.println("lost " + reason);
    }
}
