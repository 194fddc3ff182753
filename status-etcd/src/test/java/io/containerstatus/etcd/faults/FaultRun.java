package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.EtcdCheckpoints;
import io.containerstatus.testing.PrintedCounts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * The supervisors of one node at work while something fails, and everything that they and others have
 * observed of it. At the end, the observations are checked, and that nothing is left behind.
 */
final class FaultRun implements AutoCloseable {
    static final String NODE = "node7";
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    final List<String> ids;
    final History history = new History();
    final String prefix = "/faults" + PREFIXES.incrementAndGet();
    private final EtcdCluster cluster;
    private final ObservedNode witness;
    private final List<Supervisor> owners = new ArrayList<>();
    private final List<OwnerProcess> processes = new ArrayList<>();
    private final Leftovers leftovers;
    private int epochs;

    FaultRun(EtcdCluster cluster) {
        this(cluster, 6);
    }

    FaultRun(EtcdCluster cluster, int containers) {
        this.cluster = cluster;
        leftovers = new Leftovers(cluster);
        ids = IntStream.rangeClosed(1, containers).mapToObj(i -> "web-" + i).toList();
        witness = new ObservedNode(cluster.members(), prefix, NODE, ids, history);
    }

    /** Returns the builder of an adapter that reaches this member first. */
    EtcdCheckpoints.Builder adapter(EtcdMember first) {
        return EtcdCheckpoints.builder(cluster.endpoints(first), prefix, NODE)
                .leaseTtl(Duration.ofSeconds(60))
                .requestTimeout(Duration.ofMillis(500))
                .outcomeTimeout(Duration.ofSeconds(30))
                .openTimeout(Duration.ofSeconds(30));
    }

    EtcdCheckpoints.Builder adapter() {
        return adapter(cluster.member());
    }

    /** Returns the next supervisor. It is not open yet. */
    Supervisor owner(EtcdCheckpoints.Builder adapter) {
        return owner(adapter.build());
    }

    Supervisor owner(EtcdCheckpoints adapter) {
        Supervisor owner = new Supervisor(adapter, ++epochs, ids, history);
        owners.add(owner);
        return owner;
    }

    /** Returns the next supervisor, which is working. */
    Supervisor working(EtcdCheckpoints.Builder adapter) {
        Supervisor owner = owner(adapter).open().begin();
        awaitMoreWrites(50);
        return owner;
    }

    /** Returns the next supervisor in its own process, with a lease of 5 s. It is working. */
    OwnerProcess workingProcess() throws IOException {
        OwnerProcess process = OwnerProcess.start(cluster, prefix, NODE, ++epochs, ids, history);
        processes.add(process);
        awaitMoreWrites(50);
        return process;
    }

    /** Waits until this many more writes are acknowledged. */
    void awaitMoreWrites(int count) {
        long goal = history.acknowledged() + count;
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .atMost(Supervisor.PATIENCE)
                .until(() -> history.acknowledged() >= goal);
    }

    /** Waits for this time, while the fault lasts. */
    static void pass(Duration time) {
        Awaitility.await().pollDelay(time).atMost(time.plusSeconds(30)).until(() -> true);
    }

    /** Ends all supervisors. */
    void endOwners() {
        owners.forEach(Supervisor::close);
        assertThat(owners).allSatisfy(owner -> assertThat(owner.unexpected()).isEmpty());
    }

    /** Ends all supervisors, and checks all observations and that nothing is left behind. */
    HistoryCheck check(String name) {
        endOwners();
        cluster.awaitHealthy();
        witness.readAtLast();
        witness.close();
        HistoryCheck verdict = HistoryChecker.check(history);
        PrintedCounts.print("etcd, " + name + ": " + verdict);
        verdict.assertNothingWrong();
        assertThat(verdict.acknowledged()).isGreaterThan(20);
        assertThat(verdict.events()).isGreaterThan(20);
        assertThat(verdict.reads()).isGreaterThan(ids.size());
        leftovers.assertNone(prefix, ids);
        return verdict;
    }

    /** Ends everything that the test has not ended. */
    @Override
    public void close() {
        processes.forEach(OwnerProcess::close);
        witness.close();
        for (Supervisor owner : owners) {
            owner.checkpoints().close().block(Supervisor.PATIENCE);
        }
    }
}
