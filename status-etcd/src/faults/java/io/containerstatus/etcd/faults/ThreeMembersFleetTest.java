package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.Status;
import io.containerstatus.etcd.FleetChange;
import io.containerstatus.etcd.FleetFollower;
import io.containerstatus.etcd.FleetPublisher;
import io.containerstatus.etcd.FleetPublisherHealth.State;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tests a node that is published and followed on three members, and faults of one of them. Changes made
 * during the fault arrive during the fault, without a gap, and the node keeps its owner.
 */
class ThreeMembersFleetTest {
    private static final Duration PATIENCE = Supervisor.PATIENCE;
    private static final String NODE = "node7";
    private static final long SEED = 7;

    private static EtcdCluster cluster;
    private static int prefixes;

    private final String prefix = "/fleet" + ++prefixes;
    private final Random random = new Random(SEED);
    private final Map<String, Status> board = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private StatusStore store;
    private FleetPublisher publisher;
    private FleetFollower follower;
    private long leasesBefore;

    @BeforeAll
    static void startCluster() {
        cluster = EtcdCluster.of(3);
    }

    @AfterAll
    static void endCluster() {
        if (cluster != null) { // Null if there is no etcd.
            cluster.close();
        }
    }

    @BeforeEach
    void awaitHealthy() {
        cluster.awaitHealthy();
        leasesBefore = cluster.member().raw.leases();
        store = Objects.requireNonNull(
                StatusStore.builder(new InMemoryCheckpoints()).open().block(PATIENCE));
    }

    @AfterEach
    void close() {
        follower.close().block(PATIENCE);
        publisher.close().block(PATIENCE);
        store.close().block(PATIENCE);
    }

    @Test
    void theLeaderIsKilled() {
        EtcdMember leader = cluster.leader();
        begin(leader);
        leader.kill();
        changesArrive();
        leader.start();
        changesArrive();
        check();
    }

    @Test
    void theLeaderIsCutOffAndClientsReachIt() {
        EtcdMember leader = cluster.leader();
        begin(leader);
        cluster.cutOff(leader);
        changesArrive();
        cluster.healPeers();
        changesArrive();
        check();
    }

    @Test
    @Tag("soak")
    void eachMemberIsStartedAgainInTurn() {
        begin(cluster.leader());
        for (EtcdMember member : cluster.members()) {
            member.terminate();
            changesArrive();
            member.start();
            cluster.awaitHealthy();
            changesArrive();
        }
        check();
    }

    /** Begins to publish and to follow, both through this member first. */
    private void begin(EtcdMember first) {
        publisher = FleetPublisher.builder(store, cluster.endpoints(first), prefix, NODE)
                .leaseTtl(Duration.ofSeconds(60))
                .requestTimeout(Duration.ofMillis(500))
                .start();
        follower = FleetFollower.builder(cluster.endpoints(first), prefix)
                .requestTimeout(Duration.ofMillis(500))
                .checkEvery(Duration.ofMillis(300))
                .build();
        follower.changes().subscribe(this::onChange, failure -> wrong.add(failure.toString()));
        changesArrive();
    }

    /** Updates the board, and records changes that a subscriber must not receive. */
    private void onChange(FleetChange change) {
        Status before = change.kind() == Kind.DELETED ? board.remove(change.id()) : board.get(change.id());
        boolean isKnown = change.kind() == Kind.DELETED || change.kind() == Kind.UPDATED;
        if (change.failure() != null
                || isKnown != (before != null)
                || !Objects.equals(change.previous(), before)
                || (change.kind() == Kind.UPDATED && Objects.equals(change.current(), before))) {
            wrong.add(change + " after " + before);
        }
        if (change.kind() != Kind.DELETED) {
            board.put(change.id(), Objects.requireNonNull(change.current()));
        }
    }

    private void changesArrive() {
        for (int i = 0; i < 60; i++) {
            changeAnything();
        }
        Map<String, Status> expected = stored();
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(board)
                .isEqualTo(expected));
        assertThat(wrong).isEmpty();
    }

    private Map<String, Status> stored() {
        Map<String, Status> stored = new HashMap<>();
        for (StatusStorage container : store.list()) {
            stored.put(container.id(), container.current());
        }
        return stored;
    }

    private void changeAnything() {
        String id = "web-" + random.nextInt(8);
        Status status = Status.builder()
                .createdAt(Instant.EPOCH.plusNanos(1))
                .pid(1 + random.nextInt(1_000))
                .build();
        StatusStorage container = store.get(id);
        if (container == null) {
            store.create(id, status).block(PATIENCE);
        } else if (random.nextInt(4) == 0) {
            store.delete(id).block(PATIENCE);
        } else {
            container.updateSync(before -> status).block(PATIENCE);
        }
    }

    /** Checks that neither of the two has lost anything or leaves anything behind. */
    private void check() {
        assertThat(publisher.health().state()).isEqualTo(State.PUBLISHING);
        assertThat(publisher.health().owner()).isTrue();
        assertThat(follower.health().snapshots())
                .as("gaps, and the first snapshot")
                .isEqualTo(1);
        cluster.awaitHealthy();
        List<String> keys = cluster.member().raw.list(prefix + "/s/").getKvsList().stream()
                .map(stored -> stored.getKey().toStringUtf8())
                .toList();
        assertThat(keys)
                .containsExactlyElementsOf(stored().keySet().stream()
                        .map(id -> prefix + "/s/" + NODE + "/" + id)
                        .sorted()
                        .collect(Collectors.toList()));

        close();
        assertThat(cluster.member().raw.list(prefix + "/o/").getKvsCount()).isZero();
        assertThat(cluster.member().raw.leases()).isLessThanOrEqualTo(leasesBefore);
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(name -> name.startsWith("status-etcd")))
                .isEmpty());
    }
}
