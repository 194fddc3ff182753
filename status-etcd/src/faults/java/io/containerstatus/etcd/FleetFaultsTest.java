package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.etcd.faults.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import reactor.test.StepVerifier.FirstStep;
import reactor.test.StepVerifier.Step;

/** Tests a follower with faults of a real server of one member, and of the connection to it. */
@Tag("long")
class FleetFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EtcdServer server = EtcdServer.own();
    private final TcpProxy way = new TcpProxy(server.port());
    private final FleetFollower fleet = FleetFollower.builder(EtcdEndpoints.of(way.url()), "/status")
            .requestTimeout(Duration.ofMillis(500))
            .checkEvery(Duration.ofMillis(200))
            .build();

    @AfterEach
    void close() {
        fleet.close().block(PATIENCE);
        way.close();
        server.close();
    }

    private void write(String id, int pid) {
        server.put("/status/s/node1/" + id, new String(document(pid), StandardCharsets.UTF_8));
    }

    private static byte[] document(int pid) {
        return StatusCodec.encode(Status.builder()
                .createdAt(Instant.EPOCH.plusNanos(1))
                .startedAt(Instant.EPOCH.plusNanos(2))
                .pid(pid)
                .build());
    }

    private void delete(String id) {
        server.delete("/status/s/node1/" + id);
    }

    private static String text(FleetEvent event) {
        if (event instanceof FleetChange change) {
            return change.kind() + " " + change.id()
                    + (change.kind() == FleetChange.Kind.DELETED
                            ? ""
                            : " " + change.current().pid());
        }
        return event instanceof FleetNotice notice ? notice.kind().toString() : "node";
    }

    private FirstStep<String> verified() {
        return StepVerifier.create(fleet.events(FleetView.all()).map(FleetFaultsTest::text));
    }

    /** Expects the events from the first node on. Before that, a slow machine may not reach etcd in time. */
    private FirstStep<String> verifiedFromTheFirstNodeOn() {
        return StepVerifier.create(fleet.events(FleetView.all())
                .map(FleetFaultsTest::text)
                .skipWhile(text -> text.equals("INTERRUPTED") || text.equals("RESUMED")));
    }

    private Step<String> caughtUp() {
        write("web-1", 1);
        write("web-2", 2);
        return verifiedFromTheFirstNodeOn().expectNext("node", "SNAPSHOT web-1 1", "SNAPSHOT web-2 2", "CAUGHT_UP");
    }

    @Test
    void aRestartedServerIsFollowedAgainWithoutAGap() {
        caughtUp()
                .then(server::kill)
                .expectNext("INTERRUPTED")
                .then(() -> {
                    assertThat(fleet.health().current()).isFalse();
                    assertThat(fleet.health().interruption()).isNotEmpty();
                    assertThat(fleet.health().interruptedSince())
                            .isBetween(Instant.now().minusSeconds(30), Instant.now());
                    server.start();
                    write("web-1", 3);
                })
                .expectNext("RESUMED", "UPDATED web-1 3")
                .then(() -> assertThat(fleet.health().current()).isTrue())
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void changesDuringACutAreEmittedAfterwards() {
        caughtUp()
                .then(way::reset)
                .expectNext("INTERRUPTED")
                .then(() -> {
                    write("web-1", 3);
                    write("web-1", 4);
                    delete("web-2");
                    write("web-2", 5);
                    write("web-3", 6);
                    way.heal();
                })
                .expectNext("RESUMED")
                // The first two changes may arrive as one, depending on when the subscriber is ready.
                .thenConsumeWhile(change -> change.equals("UPDATED web-1 3"))
                .expectNext("UPDATED web-1 4", "DELETED web-2", "CREATED web-2 5", "CREATED web-3 6")
                .thenCancel()
                .verify(PATIENCE);
        assertThat(fleet.health().snapshots()).isEqualTo(1);
    }

    @Test
    void changesCompactedDuringACutAreEmittedAsADifference() {
        caughtUp()
                .then(way::reset)
                .expectNext("INTERRUPTED")
                .then(() -> {
                    write("web-1", 3);
                    delete("web-2");
                    write("web-3", 4);
                    write("web-4", 5);
                    delete("web-4");
                    server.compact();
                    way.heal();
                })
                .expectNext("GAP", "DELETED web-2", "UPDATED web-1 3", "CREATED web-3 4", "CAUGHT_UP")
                .then(() -> write("web-1", 6))
                .expectNext("UPDATED web-1 6")
                .thenCancel()
                .verify(PATIENCE);
        assertThat(fleet.health().snapshots()).isEqualTo(2);
    }

    @Test
    void aClusterThatIsRestoredFromABackupIsReadAnew() {
        write("web-0", 1);
        server.kill();
        server.backUp();
        server.start();
        write("web-0", 7);
        caughtUpWithoutWriting(List.of("SNAPSHOT web-0 7"), "web-1", "web-2")
                .then(() -> {
                    server.kill();
                    server.restore();
                    server.start();
                })
                .expectNext("INTERRUPTED", "GAP")
                .expectNext("DELETED web-1", "DELETED web-2", "UPDATED web-0 1", "CAUGHT_UP")
                .then(() -> write("web-3", 3))
                .expectNext("CREATED web-3 3")
                .thenCancel()
                .verify(PATIENCE);
    }

    private Step<String> caughtUpWithoutWriting(List<String> before, String... ids) {
        for (String id : ids) {
            write(id, 1);
        }
        Step<String> step = verifiedFromTheFirstNodeOn().expectNext("node");
        for (String one : before) {
            step = step.expectNext(one);
        }
        for (String id : ids) {
            step = step.expectNext("SNAPSHOT " + id + " 1");
        }
        return step.expectNext("CAUGHT_UP");
    }

    @Test
    void aFrozenServerIsNoticedAndFollowedAgain() {
        caughtUp()
                .then(server::freeze)
                .expectNext("INTERRUPTED")
                .then(() -> {
                    server.thaw();
                    write("web-1", 3);
                })
                .expectNext("RESUMED", "UPDATED web-1 3")
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void aServerThatIsNotThereIsWaitedFor() {
        write("web-1", 1);
        server.kill();
        verified()
                .expectNext("INTERRUPTED")
                .then(server::start)
                .expectNext("node", "SNAPSHOT web-1 1", "CAUGHT_UP")
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void aSubscriberThatOnlyKeepsTheNewestEndsWithWhatEtcdHolds() {
        Map<String, Integer> board = new ConcurrentSkipListMap<>();
        write("web-0", 0);
        fleet.changes().subscribe(change -> {
            if (change.kind() == FleetChange.Kind.DELETED) {
                board.remove(change.id());
            } else {
                board.put(change.id(), (int) change.current().pid());
            }
        });
        Awaitility.await().atMost(PATIENCE).until(() -> board.containsKey("web-0"));
        for (int round = 1; round <= 6; round++) {
            write("web-" + round, round);
            way.reset();
            write("web-0", 10 * round);
            delete("web-" + (round - 1));
            write("web-" + (round - 1), 100 + round);
            if (round % 2 == 0) {
                server.compact();
            }
            way.heal();
            write("web-" + round, 10 + round);
        }
        delete("web-5");

        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(board)
                .isEqualTo(Map.of("web-0", 60, "web-1", 102, "web-2", 103, "web-3", 104, "web-4", 105, "web-6", 16)));
    }
}
