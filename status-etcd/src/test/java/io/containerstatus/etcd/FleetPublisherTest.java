package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTransitions;
import io.containerstatus.etcd.FleetPublisherHealth.State;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Tests a publisher on a real etcd of one member. */
@Tag("long")
class FleetPublisherTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");
    private static final Status CREATED = StatusTransitions.created(Instant.EPOCH.plusNanos(1));
    private static final Status RUNNING =
            CREATED.toBuilder().pid(42).startedAt(Instant.EPOCH.plusNanos(2)).build();

    private final EtcdServer server = EtcdServer.shared();
    private final String prefix = EtcdServer.newPrefix();
    private final List<FleetPublisher> publishers = new ArrayList<>();
    private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
    private StatusStore store = StatusStore.builder(checkpoints).open().block(PATIENCE);

    @TempDir
    Path root;

    @AfterEach
    void close() {
        publishers.forEach(publisher -> publisher.close().block(PATIENCE));
        store.close().block(PATIENCE);
    }

    @Nested
    class TheUsual {
        @Test
        void existingStatusesArePublishedByteForByte() {
            create("web-1", RUNNING);
            create("web-2", CREATED);
            published(start(builder()));

            assertThat(statuses()).containsExactly(entry("web-1", RUNNING), entry("web-2", CREATED));
        }

        @Test
        void whatChangesIsPublished() {
            FleetPublisher publisher = published(start(builder()));
            create("web-1", CREATED);
            create("web-2", CREATED);
            update("web-1", RUNNING);
            delete("web-2");

            eventually(entry("web-1", RUNNING));
            assertThat(published(publisher).health().oldestPending()).isZero();
        }

        @Test
        void whatChangesInMemoryOnlyIsPublishedToo() {
            create("web-1", CREATED);
            published(start(builder()));
            store.get("web-1").update(status -> RUNNING).block(PATIENCE);

            eventually(entry("web-1", RUNNING));
        }

        @Test
        void aFlagThatNoDocumentHasIsNotWritten() {
            create("web-1", CREATED);
            published(start(builder()));
            long before = revision();
            store.get("web-1")
                    .update(status -> status.toBuilder().starting(true).build())
                    .block(PATIENCE);
            create("web-2", CREATED);

            eventually(entry("web-1", CREATED), entry("web-2", CREATED));
            assertThat(number("version", key("s", "web-1"))).isEqualTo(1);
            assertThat(revision()).isEqualTo(before + 1); // For web-2.
        }

        @Test
        void aContainerThatWasDeletedAndCreatedAgainHasANewKey() {
            create("web-1", CREATED);
            published(start(builder()));
            update("web-1", RUNNING);
            eventually(entry("web-1", RUNNING));
            assertThat(number("version", key("s", "web-1"))).isEqualTo(2);
            delete("web-1");
            create("web-1", CREATED);

            eventually(entry("web-1", CREATED));
            assertThat(number("version", key("s", "web-1"))).isEqualTo(1);
        }

        @Test
        void whatIsOnEtcdAndNotInTheStoreIsDeletedWhenTheNodeIsTaken() {
            server.put(prefix + "/s/node7/old", "anything");
            server.put(prefix + "/s/node7/web-1", "{");
            server.put(prefix + "/s/node70/other", "another node's");
            server.put(prefix + "/s/node7/a/b", "no container's");
            create("web-1", CREATED);
            published(start(builder()));

            assertThat(statuses())
                    .containsExactly(
                            prefix + "/s/node7/a/b=no container's",
                            entry("web-1", CREATED),
                            prefix + "/s/node70/other=another node's");
        }

        @Test
        void whatIsThereAlreadyIsNotWrittenAgain() {
            create("web-1", CREATED);
            create("web-2", CREATED);
            published(start(builder())).close().block(PATIENCE);
            long before = revision();
            update("web-2", RUNNING);
            published(start(builder()));

            assertThat(revision()).isEqualTo(before + 2); // The owner's key, and web-2.
        }

        @Test
        void manyContainersShareFewTransactions() {
            int containers = 2_000;
            Flux.range(0, containers)
                    .flatMap(i -> store.create("c" + i, CREATED))
                    .blockLast(PATIENCE);
            long before = revision();
            published(start(builder()));

            assertThat(statuses()).hasSize(containers);
            assertThat(revision() - before).isEqualTo(1 + 17); // The owner's key, and one for each 120 containers.

            long deletions = revision();
            Flux.range(0, containers).flatMap(i -> store.delete("c" + i)).blockLast(PATIENCE);
            eventually();
            assertThat(revision() - deletions).isBetween(17L, 100L);
        }

        @Test
        void aFewLargeStatusesFillATransaction() {
            Status large = CREATED.toBuilder().message("x".repeat(300_000)).build();
            Flux.range(0, 10).flatMap(i -> store.create("c" + i, large)).blockLast(PATIENCE);
            long before = revision();
            published(start(builder()));

            assertThat(statuses()).hasSize(10);
            assertThat(revision() - before).isEqualTo(1 + 4);
        }

        @Test
        void theStoreMayBeOnFilesOrOnAJournal() {
            store.close().block(PATIENCE);
            store = StatusStore.builder(root).journaled().open().block(PATIENCE);
            create("web-1", CREATED);
            create("web-2", CREATED);
            FleetPublisher publisher = published(start(builder()));
            update("web-1", RUNNING);
            publisher.close().block(PATIENCE);
            assertThat(statuses()).containsExactly(entry("web-1", RUNNING), entry("web-2", CREATED));
            delete("web-2");
            store.close().block(PATIENCE);
            store = StatusStore.builder(root).open().block(PATIENCE);
            published(start(builder()));

            assertThat(statuses()).containsExactly(entry("web-1", RUNNING));
        }
    }

    @Nested
    class AnotherOwner {
        @Test
        void isWaitedFor() {
            EtcdCheckpoints other = other();
            other.write("web-9", RUNNING).block(PATIENCE);
            create("web-1", CREATED);
            FleetPublisher publisher = start(builder().clock(Clock.fixed(NOW, ZoneOffset.UTC)));
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            publisher.health().lastFailure())
                    .isInstanceOf(RootLockedException.class));
            assertThat(publisher.health()).satisfies(health -> {
                assertThat(health.state()).isEqualTo(State.TAKING);
                assertThat(health.owner()).isFalse();
                assertThat(health.connected()).isTrue();
                assertThat(health.pending()).isEqualTo(1);
                assertThat(health.oldestPending()).isPositive();
                assertThat(health.lastFailureAt()).isEqualTo(NOW);
            });
            assertThat(statuses()).containsExactly(entry("web-9", RUNNING));
            other.close().block(PATIENCE);

            eventually(entry("web-1", CREATED));
            assertThat(published(publisher).health().owner()).isTrue();
        }

        @Test
        void isNotWaitedForByAClose() {
            EtcdCheckpoints other = other();
            create("web-1", CREATED);
            FleetPublisher publisher = start(builder().closeTimeout(PATIENCE.multipliedBy(2)));
            publisher.close().block(PATIENCE);

            assertThat(publisher.health().state()).isEqualTo(State.CLOSED);
            assertThat(publisher.health().pending()).isEqualTo(1);
            other.write("web-9", RUNNING).block(PATIENCE);
            assertThat(statuses()).containsExactly(entry("web-9", RUNNING));
            other.close().block(PATIENCE);
        }

        @Test
        void ofTheSameIdentityIsReplaced() {
            published(start(builder().identity("boot-1")));
            FleetPublisher second = published(start(builder().identity("boot-1")));
            isLost(publishers.get(0), "another owner has taken it");

            assertThat(second.health().owner()).isTrue();
        }

        @Test
        void isReplacedByOneThatSeizes() {
            EtcdCheckpoints other = other();
            create("web-1", CREATED);
            published(start(builder().seize()));

            assertThat(statuses()).containsExactly(entry("web-1", CREATED));
            other.close().block(PATIENCE);
            assertThat(server.entries(prefix + "/o/")).hasSize(1);
        }

        @Test
        void thatTakesTheNodeEndsThePublisherForGood() {
            create("web-1", CREATED);
            long leases = server.leases();
            FleetPublisher publisher = published(start(builder().seize()));
            AtomicReference<EtcdCheckpoints> other = new AtomicReference<>();
            StepVerifier.create(publisher.ownershipLost())
                    .expectSubscription()
                    .then(() -> {
                        other.set(seized());
                        other.get().write("web-1", RUNNING).block(PATIENCE);
                        update("web-1", CREATED.toBuilder().pid(1).build());
                    })
                    .expectNextMatches(reason -> reason.startsWith("another owner has taken it: {\"identity\""))
                    .expectComplete()
                    .verify(PATIENCE);

            isLost(publisher, "another owner has taken it");
            other.get().close().block(PATIENCE);
            Awaitility.await().untilAsserted(() -> assertThat(threads()).isEmpty());
            assertThat(server.leases()).isEqualTo(leases);
            assertThat(statuses()).containsExactly(entry("web-1", RUNNING));
            update("web-1", RUNNING); // The store continues.
            publisher.close().block(PATIENCE);
            assertThat(publisher.health().state()).isEqualTo(State.OWNERSHIP_LOST);
            StepVerifier.create(publisher.ownershipLost()).expectNextCount(1).verifyComplete();
        }

        @Test
        void isNoticedByAPublisherThatHasNothingToWrite() {
            FleetPublisher publisher = published(start(builder().leaseTtl(Duration.ofSeconds(5))));
            EtcdCheckpoints other = seized();

            isLost(publisher, "another owner has taken it");
            other.close().block(PATIENCE);
        }
    }

    @Nested
    class AfterItsLeaseHasEnded {
        @Test
        void aPublisherTakesTheNodeAgain() {
            create("web-1", CREATED);
            create("web-2", CREATED);
            FleetPublisher publisher = published(start(builder()));
            endLease();
            update("web-1", RUNNING);
            delete("web-2");
            create("web-3", CREATED);

            eventually(entry("web-1", RUNNING), entry("web-3", CREATED));
            assertThat(published(publisher).health()).satisfies(health -> {
                assertThat(health.state()).isEqualTo(State.PUBLISHING);
                assertThat(health.owner()).isTrue();
            });
            assertThat(server.entries(prefix + "/o/")).hasSize(1);
            endLease();
            update("web-1", CREATED);
            eventually(entry("web-1", CREATED), entry("web-3", CREATED));
        }

        @Test
        void andAnotherOneHasDeletedAStatusItDoesNot() {
            create("web-1", CREATED);
            FleetPublisher publisher = published(start(unhurried()));
            replaceUnnoticed(other -> other.delete("web-1"));
            create("web-2", CREATED);

            isLost(publisher, "another owner has changed its statuses in the meantime");
            assertThat(statuses()).isEmpty();
            assertThat(server.entries(prefix + "/o/")).isEmpty();
        }

        @Test
        void andAnotherOneHasWrittenAStatusItDoesNot() {
            create("web-1", CREATED);
            FleetPublisher publisher = published(start(unhurried()));
            replaceUnnoticed(other -> other.write("web-2", RUNNING));
            update("web-1", RUNNING);

            isLost(publisher, "another owner has changed its statuses in the meantime");
            assertThat(statuses()).containsExactly(entry("web-1", CREATED), entry("web-2", RUNNING));
        }

        @Test
        void andAnotherOneHasChangedNothingItDoes() {
            create("web-1", CREATED);
            FleetPublisher publisher = published(start(unhurried()));
            replaceUnnoticed(other -> Mono.empty());
            update("web-1", RUNNING);

            eventually(entry("web-1", RUNNING));
            assertThat(published(publisher).health().owner()).isTrue();
        }

        @Test
        void andSomebodyHasFencedTheNodeItDoesNot() {
            create("web-1", CREATED);
            FleetPublisher publisher = published(start(builder()));
            server.put(prefix + "/f/node7", "by an operator");
            endLease();
            update("web-1", RUNNING);

            isLost(publisher, "the node was fenced");
            assertThat(statuses()).containsExactly(entry("web-1", CREATED));
            published(start(builder())); // An earlier fencing does not affect a new publisher.
            assertThat(statuses()).containsExactly(entry("web-1", RUNNING));
        }

        /** Returns a builder of a publisher that reads its owner's key only every twenty minutes. */
        private FleetPublisher.Builder unhurried() {
            return builder().leaseTtl(Duration.ofHours(1));
        }

        /** Makes another owner take the node between two steps of the publisher. */
        private void replaceUnnoticed(Function<EtcdCheckpoints, Mono<Void>> change) {
            endLease();
            EtcdCheckpoints other = other();
            change.apply(other).block(PATIENCE);
            other.close().block(PATIENCE);
        }
    }

    @Test
    void aNodeThatWasTakenAndLeftDuringTheLeaseIsLost() {
        FleetPublisher publisher = published(start(builder()));
        seized().close().block(PATIENCE);
        create("web-1", CREATED);

        isLost(publisher, "its key was deleted while its lease is alive");
        assertThat(statuses()).isEmpty();
    }

    @Test
    void aKeyThatIsDeletedDuringTheLeaseFencesTheNode() {
        create("web-1", CREATED);
        FleetPublisher publisher = published(start(builder()));
        server.delete(prefix + "/o/node7");
        update("web-1", RUNNING);

        isLost(publisher, "its key was deleted while its lease is alive");
        assertThat(statuses()).containsExactly(entry("web-1", CREATED));
    }

    @Test
    void withoutSpaceDeletionsAreStillPublished() {
        create("web-1", CREATED);
        create("web-2", CREATED);
        FleetPublisher publisher = published(start(builder()));
        server.runOutOfSpace();
        try {
            update("web-1", RUNNING);
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            publisher.health().lastFailure())
                    .hasMessageContaining("database space exceeded"));
            delete("web-2");
            eventually(entry("web-1", CREATED));
            assertThat(publisher.health()).satisfies(health -> {
                assertThat(health.pending()).isEqualTo(1);
                assertThat(health.connected()).isTrue();
                assertThat(health.owner()).isTrue();
            });
        } finally {
            server.haveSpaceAgain();
        }
        eventually(entry("web-1", RUNNING));
        published(publisher);
    }

    @Nested
    class TheEnd {
        @Test
        void leavesNoThreadAndNoLeaseAndAllThatWaited() {
            long leases = server.leases();
            Flux.range(0, 500).flatMap(i -> store.create("c" + i, CREATED)).blockLast(PATIENCE);
            FleetPublisher publisher = start(builder().closeTimeout(PATIENCE));
            assertThat(threads()).contains("status-etcd-client");
            publisher.close().block(PATIENCE);

            assertThat(statuses()).hasSize(500);
            assertThat(server.entries(prefix + "/o/")).isEmpty();
            assertThat(server.leases()).isEqualTo(leases);
            assertThat(publisher.health().state()).isEqualTo(State.CLOSED);
            assertThat(publisher.health().pending()).isZero();
            StepVerifier.create(publisher.ownershipLost()).verifyComplete();
            publisher.close().block(PATIENCE);
            // Long before closeTimeout, because no thread waits for it.
            Awaitility.await().atMost(Duration.ofSeconds(3)).untilAsserted(() -> assertThat(threads())
                    .isEmpty());
        }

        @Test
        void comesWithThatOfTheStoreAndItsLastChanges() {
            FleetPublisher publisher = published(start(builder()));
            create("web-1", CREATED);
            update("web-1", RUNNING);
            store.close().block(PATIENCE);

            Awaitility.await().atMost(PATIENCE).until(() -> publisher.health().state() == State.CLOSED);
            assertThat(statuses()).containsExactly(entry("web-1", RUNNING));
            publisher.close().block(PATIENCE);
            assertThat(server.entries(prefix + "/o/")).isEmpty();
        }

        @Test
        void comesAtOnceOnAStoreThatIsClosed() {
            create("web-1", CREATED);
            store.close().block(PATIENCE);
            FleetPublisher publisher = start(builder());

            Awaitility.await().atMost(PATIENCE).until(() -> publisher.health().state() == State.CLOSED);
            assertThat(statuses()).containsExactly(entry("web-1", CREATED));
        }

        @Test
        void isNotHeldUpByAnEtcdThatIsAway() {
            create("web-1", CREATED);
            FleetPublisher publisher =
                    start(FleetPublisher.builder(store, EtcdEndpoints.of("http://127.0.0.1:1"), prefix, "node7")
                            .requestTimeout(Duration.ofMillis(200))
                            .closeTimeout(Duration.ofMillis(300)));
            publisher.close().block(Duration.ofSeconds(20));

            assertThat(publisher.health()).satisfies(health -> {
                assertThat(health.state()).isEqualTo(State.CLOSED);
                assertThat(health.connected()).isFalse();
                assertThat(health.pending()).isEqualTo(1);
                assertThat(health.lastFailure()).isNotNull();
            });
            assertThat(publisher.health().toString())
                    .startsWith("CLOSED; not the owner; not connected; pending 1 for PT")
                    .contains("; last failure 2");
            Awaitility.await().untilAsserted(() -> assertThat(threads()).isEmpty());
        }
    }

    @Nested
    class TheBuilder {
        @ParameterizedTest
        @ValueSource(strings = {"", "status", "/", "/a/", "//a", "/a//b"})
        void refusesAPrefixOfAnotherForm(String wrong) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FleetPublisher.builder(store, server.endpoints(), wrong, "node7"));
        }

        @Test
        void refusesANodeOfAnotherForm() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FleetPublisher.builder(store, server.endpoints(), prefix, "a/b"));
        }

        @Test
        void refusesTimesThatAreTooShort() {
            assertThatIllegalArgumentException().isThrownBy(() -> builder().leaseTtl(Duration.ofSeconds(4)));
            assertThatIllegalArgumentException().isThrownBy(() -> builder().leaseTtl(Duration.ofMillis(5_500)));
            assertThatIllegalArgumentException().isThrownBy(() -> builder().requestTimeout(Duration.ZERO));
            assertThatIllegalArgumentException().isThrownBy(() -> builder().closeTimeout(Duration.ofSeconds(-1)));
        }

        @Test
        void retriesWithoutItsTlsFilesAndReportsThem() {
            FleetPublisher publisher =
                    start(FleetPublisher.builder(store, EtcdEndpoints.of("https://127.0.0.1:1"), prefix, "node7")
                            .tls(EtcdTls.trusting(root.resolve("missing.pem"))));
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            publisher.health().lastFailure())
                    .hasMessageContaining("missing.pem"));
            assertThat(publisher.health().state()).isEqualTo(State.TAKING);
            assertThat(publisher.health().connected()).isFalse();
        }
    }

    // ---- The store

    private void create(String id, Status status) {
        store.create(id, status).block(PATIENCE);
    }

    private void update(String id, Status status) {
        store.get(id).updateSync(before -> status).block(PATIENCE);
    }

    private void delete(String id) {
        store.delete(id).block(PATIENCE);
    }

    // ---- The publisher

    private FleetPublisher.Builder builder() {
        return FleetPublisher.builder(store, server.endpoints(), prefix, "node7");
    }

    private FleetPublisher start(FleetPublisher.Builder builder) {
        FleetPublisher publisher = builder.start();
        publishers.add(publisher);
        return publisher;
    }

    /** Waits until etcd is up to date, as far as the publisher knows. */
    private static FleetPublisher published(FleetPublisher publisher) {
        Awaitility.await().atMost(PATIENCE).until(() -> {
            FleetPublisherHealth health = publisher.health();
            return health.state() == State.PUBLISHING && health.owner() && health.connected() && health.pending() == 0;
        });
        return publisher;
    }

    private static void isLost(FleetPublisher publisher, String reason) {
        Awaitility.await().atMost(PATIENCE).until(() -> publisher.health().state() == State.OWNERSHIP_LOST);
        assertThat(publisher.health().ownershipLost()).contains("/node7 is lost: " + reason);
        assertThat(publisher.health().owner()).isFalse();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(thread -> thread.getName().replaceFirst("[0-9]+-[0-9]+$", ""))
                .filter(name -> name.startsWith("status-etcd") && !name.equals("status-etcd-results"))
                .toList();
    }

    // ---- Other owners

    private EtcdCheckpoints other() {
        return opened(EtcdCheckpoints.builder(server.endpoints(), prefix, "node7")
                .ownershipWait(PATIENCE)
                .leaseTtl(Duration.ofSeconds(120))
                .build());
    }

    private EtcdCheckpoints seized() {
        return opened(EtcdCheckpoints.builder(server.endpoints(), prefix, "node7")
                .seize()
                .build());
    }

    private static EtcdCheckpoints opened(EtcdCheckpoints checkpoints) {
        checkpoints.open().block(PATIENCE);
        return checkpoints;
    }

    // ---- The content of etcd

    private List<String> statuses() {
        return server.entries(prefix + "/s/");
    }

    private void eventually(String... entries) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(statuses())
                .containsExactly(entries));
    }

    private String entry(String id, Status status) {
        return prefix + "/s/node7/" + id + "=" + new String(StatusCodec.encode(status), StandardCharsets.UTF_8);
    }

    private String key(String kind, String id) {
        String key = prefix + "/" + kind + "/node7" + (id.isEmpty() ? "" : "/" + id);
        String base64 = Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
        return server.post("/v3/kv/range", "{\"key\":\"" + base64 + "\"}");
    }

    private long revision() {
        return number("revision", key("o", ""));
    }

    private static long number(String name, String answer) {
        Matcher found = Pattern.compile("\"" + name + "\":\"([0-9]+)\"").matcher(answer);
        assertThat(found.find()).as(answer).isTrue();
        return Long.parseLong(found.group(1));
    }

    /** Ends the owner's lease, as etcd does if nobody keeps it alive. */
    private void endLease() {
        server.post("/v3/lease/revoke", "{\"ID\":\"" + number("lease", key("o", "")) + "\"}");
    }
}
