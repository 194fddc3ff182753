package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.containerstatus.ContainerChange;
import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.ContainerState;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.Status;
import io.containerstatus.StoreClosedException;
import io.containerstatus.UnreadableStatusException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Tests a follower of a real etcd. */
@Tag("long")
class FleetFollowerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Status CREATED =
            Status.builder().createdAt(Instant.EPOCH.plusNanos(1)).build();
    private static final Status RUNNING =
            CREATED.toBuilder().pid(42).startedAt(Instant.EPOCH.plusNanos(2)).build();
    private static final Status EXITED = RUNNING.toBuilder()
            .finishedAt(Instant.EPOCH.plusNanos(3))
            .exitCode(3)
            .build();

    private final List<Long> threadsBefore =
            threads().stream().map(Thread::getId).toList();
    private final EtcdServer server = EtcdServer.shared();
    private final String prefix = EtcdServer.newPrefix();
    private final EtcdCheckpoints node1 = owner("node1");
    private final EtcdCheckpoints node2 = owner("node2");
    private final FleetFollower fleet =
            FleetFollower.builder(server.endpoints(), prefix).build();

    private EtcdCheckpoints owner(String node) {
        return EtcdCheckpoints.builder(server.endpoints(), prefix, node)
                .identity("boot of " + node)
                .build();
    }

    @AfterEach
    void close() {
        fleet.close().block(PATIENCE);
        node1.close().block(PATIENCE);
        node2.close().block(PATIENCE);
    }

    private static void complete(Mono<?> change) {
        StepVerifier.create(change.then()).expectComplete().verify(PATIENCE);
    }

    /** Matches a change, without the parts that differ from run to run. */
    private static Predicate<FleetEvent> change(String node, String id, Kind kind, Status previous, Status current) {
        return event -> event instanceof FleetChange change
                && change.equals(
                        new FleetChange(node, id, kind, change.revision(), previous, current, null, change.skipped()));
    }

    private static Predicate<FleetEvent> node(String name, NodeChange.Kind kind, String identity) {
        return event -> event instanceof NodeChange change
                && change.node().equals(name)
                && change.kind() == kind
                && (identity == null
                        ? change.owner() == null
                        : change.owner() != null
                                && identity.equals(change.owner().identity()));
    }

    private static Predicate<FleetEvent> caughtUp() {
        return event -> event instanceof FleetNotice notice && notice.kind() == FleetNotice.Kind.CAUGHT_UP;
    }

    @Nested
    class Events {
        @Test
        void reportTheSnapshotAndThenTheChangesOfEveryNode() {
            complete(node1.open());
            complete(node2.open());
            complete(node2.write("web-1", CREATED));
            complete(node1.write("web-2", CREATED));
            complete(node1.write("web-1", RUNNING));

            StepVerifier.create(fleet.events(FleetView.all()))
                    .expectNextMatches(node("node1", NodeChange.Kind.SNAPSHOT, "boot of node1"))
                    .expectNextMatches(change("node1", "web-1", Kind.SNAPSHOT, null, RUNNING))
                    .expectNextMatches(change("node1", "web-2", Kind.SNAPSHOT, null, CREATED))
                    .expectNextMatches(node("node2", NodeChange.Kind.SNAPSHOT, "boot of node2"))
                    .expectNextMatches(change("node2", "web-1", Kind.SNAPSHOT, null, CREATED))
                    .expectNextMatches(caughtUp())
                    .then(() -> complete(node2.write("web-1", RUNNING)))
                    .expectNextMatches(change("node2", "web-1", Kind.UPDATED, CREATED, RUNNING))
                    .then(() -> complete(node1.create("web-3", CREATED)))
                    .expectNextMatches(change("node1", "web-3", Kind.CREATED, null, CREATED))
                    .then(() -> complete(node1.delete("web-1")))
                    .expectNextMatches(change("node1", "web-1", Kind.DELETED, RUNNING, RUNNING))
                    .then(() -> complete(node1.create("web-1", CREATED)))
                    .expectNextMatches(change("node1", "web-1", Kind.CREATED, null, CREATED))
                    .then(() -> node2.close().block(PATIENCE))
                    .expectNextMatches(node("node2", NodeChange.Kind.NOT_OWNED, null))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void ofAFleetOfNobodyAreThatItIsCaughtUp() {
            StepVerifier.create(fleet.events(FleetView.all()))
                    .expectNextMatches(caughtUp())
                    .then(() -> complete(node1.open()))
                    .expectNextMatches(node("node1", NodeChange.Kind.OWNED, "boot of node1"))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void haveRevisionsThatGrow() {
            complete(node1.open());
            complete(node1.write("web-1", CREATED));

            List<Long> revisions = fleet.events(FleetView.all())
                    .doOnNext(event -> {
                        if (caughtUp().test(event)) {
                            node1.write("web-1", RUNNING).subscribe();
                        }
                    })
                    .take(4)
                    .map(FleetEvent::revision)
                    .collectList()
                    .block(PATIENCE);

            assertThat(revisions).hasSize(4).allMatch(revision -> revision > 0);
            assertThat(revisions.get(3)).isGreaterThan(revisions.get(2));
            assertThat(revisions.get(1)).isLessThanOrEqualTo(revisions.get(2));
        }
    }

    @Nested
    class Changes {
        @Test
        void areReadByAConsumerOfAnySource() {
            complete(node1.open());
            complete(node2.open());
            complete(node1.write("web-1", RUNNING));
            complete(node2.write("web-1", CREATED));
            Map<String, ContainerState> board = new ConcurrentSkipListMap<>();
            fleet.changes().subscribe(change -> show(board, change));

            Awaitility.await().untilAsserted(() -> assertThat(board)
                    .isEqualTo(Map.of("node1/web-1", ContainerState.RUNNING, "node2/web-1", ContainerState.CREATED)));
            complete(node1.delete("web-1"));
            Awaitility.await().untilAsserted(() -> assertThat(board).containsOnlyKeys("node2/web-1"));
        }

        private static void show(Map<String, ContainerState> board, ContainerChange change) {
            String container = change.node() + "/" + change.id();
            if (change.kind() == Kind.DELETED) {
                board.remove(container);
            } else {
                board.put(container, change.state());
            }
        }

        @Test
        void areThoseOfTheView() {
            complete(node1.open());
            complete(node2.open());
            complete(node1.write("web-1", CREATED));
            complete(node2.write("web-1", CREATED));
            complete(node2.write("db-1", CREATED));
            FleetView view = FleetView.all()
                    .nodesStartingWith("node2")
                    .idsStartingWith("web")
                    .stateChangesOnly();

            StepVerifier.create(fleet.changes(view))
                    .expectNextMatches(change("node2", "web-1", Kind.SNAPSHOT, null, CREATED)::test)
                    .then(() -> {
                        complete(node1.write("web-1", RUNNING));
                        complete(node2.write("db-1", RUNNING));
                        complete(node2.write(
                                "web-1", CREATED.toBuilder().reason("x").build()));
                        complete(node2.write("web-1", RUNNING));
                        complete(node2.create("web-2", CREATED));
                    })
                    .assertNext(change -> {
                        assertThat(change).matches(change("node2", "web-1", Kind.UPDATED, CREATED, RUNNING)::test);
                        assertThat(change.skipped()).isEqualTo(1);
                    })
                    .expectNextMatches(change("node2", "web-2", Kind.CREATED, null, CREATED)::test)
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void carryTheFailureOfADocumentThatCannotBeReadUntilItCan() {
            server.put(prefix + "/s/node1/web-1", "{");

            StepVerifier.create(fleet.changes())
                    .assertNext(change -> {
                        assertThat(change.kind()).isEqualTo(Kind.SNAPSHOT);
                        assertThat(change.state()).isEqualTo(ContainerState.UNKNOWN);
                        assertThat(change.failure())
                                .isInstanceOf(CorruptStatusException.class)
                                .hasMessageStartingWith("etcd:" + prefix + "/s/node1/web-1: ");
                    })
                    .then(() -> {
                        complete(node1.open());
                        complete(node1.write("web-1", CREATED));
                    })
                    .expectNextMatches(change("node1", "web-1", Kind.UPDATED, null, CREATED)::test)
                    .then(() -> server.put(prefix + "/s/node1/web-1", "}"))
                    .assertNext(change -> {
                        assertThat(change.kind()).isEqualTo(Kind.UPDATED);
                        assertThat(change.previous()).isEqualTo(CREATED);
                        assertThat(change.current()).isNull();
                        assertThat(change.failure()).isNotNull();
                    })
                    .then(() -> server.delete(prefix + "/s/node1/web-1"))
                    .expectNextMatches(change("node1", "web-1", Kind.DELETED, CREATED, CREATED)::test)
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void leaveOutWhatIsNoStatusOfAContainer() {
            server.put(prefix + "/s/node1/a/b", "x");
            server.put(prefix + "/s/-/web-1", "x");
            server.put(prefix + "/s/node1", "x");
            server.put(prefix + "/p/node1", "x");
            server.put(prefix + "2/s/node1/web-1", "x");

            StepVerifier.create(fleet.events(FleetView.all()))
                    .expectNextMatches(caughtUp())
                    .then(() -> {
                        server.put(prefix + "/s/node1/c/d", "x");
                        complete(node1.open());
                    })
                    .expectNextMatches(node("node1", NodeChange.Kind.OWNED, "boot of node1"))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void startForALateSubscriberWithTheKnownStatuses() {
            complete(node1.open());
            complete(node1.write("web-1", CREATED));
            Flux<FleetChange> one = fleet.changes();
            StepVerifier.create(one).expectNextCount(1).thenCancel().verify(PATIENCE);
            complete(node1.write("web-1", RUNNING));
            Awaitility.await().until(() -> one.blockFirst(PATIENCE).current().equals(RUNNING));

            assertThat(fleet.health().snapshots()).isEqualTo(1);
        }

        @Test
        void ofAContainerThatIsWrittenThousandsOfTimesEndWithItsLastStatus() {
            complete(node1.open());
            complete(node1.write("web-1", CREATED));

            StepVerifier.create(fleet.changes(), 1)
                    .expectNextMatches(change("node1", "web-1", Kind.SNAPSHOT, null, CREATED)::test)
                    .then(() -> {
                        Flux.range(1, 500)
                                .concatMap(i -> node1.write(
                                        "web-1", RUNNING.toBuilder().pid(i).build()))
                                .blockLast(PATIENCE);
                        complete(node1.write("web-1", EXITED));
                        complete(node1.write("web-2", EXITED));
                        Awaitility.await().until(() -> fleet.health().containers() == 2);
                    })
                    .thenRequest(1)
                    .assertNext(change -> {
                        assertThat(change).matches(change("node1", "web-1", Kind.UPDATED, CREATED, EXITED)::test);
                        assertThat(change.skipped()).isEqualTo(500);
                    })
                    .thenCancel()
                    .verify(PATIENCE);
        }
    }

    @Nested
    class Nodes {
        @Test
        void areReportedWithTheirOwners() {
            server.put(prefix + "/s/node0/web-1", "x");
            complete(node1.open());

            StepVerifier.create(fleet.nodes())
                    .expectNextMatches(node("node0", NodeChange.Kind.SNAPSHOT, null)::test)
                    .assertNext(change -> {
                        assertThat(change.owner().identity()).isEqualTo("boot of node1");
                        assertThat(change.owner().pid())
                                .isEqualTo(ProcessHandle.current().pid());
                        assertThat(change.owner().host()).isNotEmpty();
                        assertThat(change.owner().since())
                                .isBetween(Instant.now().minusSeconds(60), Instant.now());
                    })
                    .then(() -> complete(node2.open()))
                    .expectNextMatches(node("node2", NodeChange.Kind.OWNED, "boot of node2")::test)
                    .then(() -> server.put(prefix + "/o/node0", "nonsense"))
                    .assertNext(change -> {
                        assertThat(change.kind()).isEqualTo(NodeChange.Kind.OWNED);
                        assertThat(change.owner()).isEqualTo(new NodeChange.Owner(null, null, 0, null));
                    })
                    .then(() -> server.delete(prefix + "/o/node0"))
                    .assertNext(change -> {
                        assertThat(change.kind()).isEqualTo(NodeChange.Kind.NOT_OWNED);
                        assertThat(change.previous()).isEqualTo(new NodeChange.Owner(null, null, 0, null));
                        assertThat(change.owner()).isNull();
                    })
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void areReportedWithTheNextOwnerWhenSeized() {
            complete(node1.open());
            EtcdCheckpoints next = EtcdCheckpoints.builder(server.endpoints(), prefix, "node1")
                    .identity("second")
                    .seize()
                    .build();

            StepVerifier.create(fleet.nodes())
                    .expectNextMatches(node("node1", NodeChange.Kind.SNAPSHOT, "boot of node1")::test)
                    .then(() -> complete(next.open()))
                    .assertNext(change -> {
                        assertThat(change).matches(node("node1", NodeChange.Kind.OWNED, "second")::test);
                        assertThat(change.previous().identity()).isEqualTo("boot of node1");
                    })
                    .thenCancel()
                    .verify(PATIENCE);
            next.close().block(PATIENCE);
        }
    }

    @Nested
    class Fence {
        @Test
        void takesTheOwnershipForGood() {
            complete(node1.open());
            complete(node2.open());
            complete(node1.write("web-1", CREATED));

            StepVerifier.create(fleet.nodes(FleetView.all().nodesStartingWith("node1")))
                    .expectNextCount(1)
                    .then(() -> complete(fleet.fence("node1")))
                    .expectNextMatches(node("node1", NodeChange.Kind.NOT_OWNED, null)::test)
                    .thenCancel()
                    .verify(PATIENCE);

            StepVerifier.create(node1.write("web-1", RUNNING))
                    .expectError(OwnershipLostException.class)
                    .verify(PATIENCE);
            complete(node2.write("web-1", RUNNING));
            assertThat(server.entries(prefix + "/f/"))
                    .singleElement()
                    .asString()
                    .startsWith(prefix + "/f/node1=20");
        }

        @Test
        void leavesANoteAlsoWhereNobodyOwnsTheNode() {
            complete(fleet.fence("node1"));
            List<String> first = server.entries(prefix + "/f/");
            complete(node1.open());
            complete(fleet.fence("node1"));

            assertThat(first).hasSize(1);
            assertThat(server.entries(prefix + "/f/")).hasSize(1).isNotEqualTo(first);
            assertThat(server.entries(prefix + "/o/")).isEmpty();
        }

        @Test
        void needsTheNameOfANode() {
            assertThatIllegalArgumentException().isThrownBy(() -> fleet.fence("a/b"));
        }

        @Test
        void reportsAnEtcdThatIsNotThere() {
            FleetFollower nowhere = FleetFollower.builder(EtcdEndpoints.of("http://127.0.0.1:1"), prefix)
                    .fenceTimeout(Duration.ofMillis(200))
                    .build();
            StepVerifier.create(nowhere.fence("node1"))
                    .expectErrorMatches(failure -> failure instanceof UnreadableStatusException
                            && failure.getMessage().contains("node1: its owner was not fenced: etcdserverpb.KV/Range"))
                    .verify(PATIENCE);
            nowhere.close().block(PATIENCE);
        }
    }

    @Nested
    class Close {
        @Test
        void completesTheStreamsAndLeavesNoThread() {
            complete(node1.open());
            complete(node1.write("web-1", CREATED));
            node1.close().block(PATIENCE);

            StepVerifier.create(fleet.events(FleetView.all()))
                    .expectNextCount(3)
                    .then(() -> fleet.close().block(PATIENCE))
                    .expectComplete()
                    .verify(PATIENCE);

            Awaitility.await().untilAsserted(() -> assertThat(newThreads()).isEmpty());
            StepVerifier.create(fleet.changes())
                    .expectError(StoreClosedException.class)
                    .verify(PATIENCE);
            StepVerifier.create(fleet.fence("node1"))
                    .expectError(StoreClosedException.class)
                    .verify(PATIENCE);
            assertThat(fleet.health().closed()).isTrue();
            assertThat(fleet.health().current()).isFalse();
        }

        @Test
        void ofOneThatWasNeverUsedStartsNoThread() {
            FleetFollower unused =
                    FleetFollower.builder(server.endpoints(), prefix).build();
            assertThat(newThreads()).isEmpty();
            unused.close().block(PATIENCE);
            Awaitility.await().untilAsserted(() -> assertThat(newThreads()).isEmpty());
        }

        @Test
        void deliversWhatWasReceivedBeforeToASlowSubscriber() {
            complete(node1.open());
            complete(node1.write("web-1", CREATED));

            StepVerifier.create(fleet.changes(), 0)
                    .then(() -> {
                        Awaitility.await().until(() -> fleet.health().containers() == 1);
                        fleet.close().block(PATIENCE);
                    })
                    .thenRequest(1)
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }

    @Test
    void isCancelledWithoutATraceInTheFollower() {
        StepVerifier.create(fleet.changes(), 0)
                .then(() -> Awaitility.await().until(() -> fleet.health().subscribers() == 1))
                .thenCancel()
                .verify(PATIENCE);
        Awaitility.await().until(() -> fleet.health().subscribers() == 0);
    }

    @Test
    void reportsItsHealth() {
        complete(node1.open());
        complete(node1.write("web-1", CREATED));
        server.put(prefix + "/s/node0/web-1", "x");
        assertThat(fleet.health())
                .hasToString("not caught up; revision 0; nodes 0, owned 0; containers 0; subscribers 0");
        StepVerifier.create(fleet.changes()).expectNextCount(2).thenCancel().verify(PATIENCE);
        Awaitility.await()
                .until(() -> fleet.health().subscribers() == 0 && fleet.health().current());

        FleetHealth health = fleet.health();
        assertThat(health.interruption()).isNull();
        assertThat(health.interruptedSince()).isNull();
        assertThat(health)
                .hasToString(
                        "current; revision " + health.revision() + "; nodes 2, owned 1; containers 2; subscribers 0");
        assertThat(health.revision()).isPositive();
    }

    @Test
    void failsWhereItsCertificatesCannotBeRead() {
        FleetFollower unreadable = FleetFollower.builder(EtcdEndpoints.of("https://127.0.0.1:2379"), prefix)
                .tls(EtcdTls.trusting(Path.of("no-such-file")))
                .build();
        StepVerifier.create(unreadable.changes())
                .expectErrorMatches(failure -> failure instanceof UnreadableStatusException
                        && failure.getMessage().contains("no-such-file"))
                .verify(PATIENCE);
        unreadable.close().block(PATIENCE);
    }

    @Test
    void refusesAPrefixOfAnotherForm() {
        for (String bad : List.of("", "/", "status", "/status/", "//status")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FleetFollower.builder(server.endpoints(), bad))
                    .withMessageContaining("not a prefix");
        }
    }

    @Test
    void itsStreamsHaveNames() {
        assertThat(Scannable.from(fleet.changes()).steps()).first().isEqualTo("FleetFollower.changes");
        assertThat(Scannable.from(fleet.nodes()).steps()).first().isEqualTo("FleetFollower.nodes");
        assertThat(Scannable.from(fleet.events(FleetView.all())).steps())
                .first()
                .isEqualTo("FleetFollower.events");
    }

    private List<String> newThreads() {
        return threads().stream()
                .filter(thread -> !threadsBefore.contains(thread.getId()))
                .map(Thread::getName)
                .toList();
    }

    /** Ignores threads of others in this process, such as a timer thread of gRPC. */
    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("status-etcd"))
                .toList();
    }
}
