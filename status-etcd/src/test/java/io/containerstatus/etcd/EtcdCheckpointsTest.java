package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.containerstatus.AlreadyExistsException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StoreClosedException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@Tag("long")
class EtcdCheckpointsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Status CREATED = Status.builder()
            .createdAt(Instant.parse("2026-01-02T03:04:05.678901234Z"))
            .build();
    private static final Status RUNNING = CREATED.toBuilder()
            .pid(42)
            .startedAt(Instant.parse("2026-01-02T03:04:06Z"))
            .build();
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-05-06T07:08:09Z"), ZoneOffset.UTC);

    private final EtcdServer server = EtcdServer.shared();
    private final String prefix = EtcdServer.newPrefix();
    private final EtcdCheckpoints node7 = node7().build();

    private EtcdCheckpoints.Builder node7() {
        return EtcdCheckpoints.builder(server.endpoints(), prefix, "node7").clock(CLOCK);
    }

    @AfterEach
    void close() {
        node7.close().block(PATIENCE);
    }

    @Nested
    class TheKeys {
        @Test
        void aStatusIsStoredByteForByteAsInAFile() {
            opened(node7);
            complete(node7.write("web-1", RUNNING));

            assertThat(server.entries(prefix + "/s/"))
                    .containsExactly(prefix + "/s/node7/web-1="
                            + new String(StatusCodec.encode(RUNNING), StandardCharsets.UTF_8));
        }

        @Test
        void theOwnersKeyNamesTheOwnerAndIsDeletedWithIt() {
            EtcdCheckpoints known = node7().identity("boot \"1\"").build();
            opened(known);

            assertThat(server.entries(prefix + "/o/"))
                    .singleElement()
                    .asString()
                    .startsWith(prefix + "/o/node7={\"identity\":\"boot \\\"1\\\"\",\"host\":\"")
                    .endsWith("\",\"pid\":" + ProcessHandle.current().pid() + ",\"since\":\"2026-05-06T07:08:09Z\"}");
            known.close().block(PATIENCE);
            assertThat(server.entries(prefix + "/o/")).isEmpty();
        }

        @Test
        void nodesHaveSeparateStatuses() {
            EtcdCheckpoints node70 = EtcdCheckpoints.builder(server.endpoints(), prefix, "node70")
                    .build();
            opened(node7);
            opened(node70);
            complete(node7.write("web-1", RUNNING));
            complete(node70.write("web-1", CREATED));
            node7.close().block(PATIENCE);
            node70.close().block(PATIENCE);

            assertThat(found()).containsExactly(Found.of("web-1", RUNNING));
        }

        @Test
        void whatIsNoContainerIsLeftAloneAndReported() {
            server.put(prefix + "/s/node7/a/b", "x");

            assertThat(opened(node7))
                    .isEqualTo(new Opened(node7.access(), List.of(), List.of("etcd:" + prefix + "/s/node7/a/b")));
            assertThat(server.entries(prefix + "/s/")).hasSize(1);
        }

        @Test
        void whatCannotBeDecodedIsKeptAsideByTheFirstWriteOnly() {
            server.put(prefix + "/s/node7/web-1", "{");
            opened(node7);
            assertThat(server.entries(prefix + "/k/")).isEmpty();
            complete(node7.write("web-1", CREATED));
            complete(node7.write("web-1", RUNNING));

            assertThat(server.entries(prefix + "/k/"))
                    .containsExactly(prefix + "/k/node7/web-1/2026-05-06T07:08:09Z={");
        }

        @Test
        void aDeletionTakesWhatWasKeptAsideWithIt() {
            server.put(prefix + "/s/node7/web-1", "{");
            server.put(prefix + "/k/node7/web-10/then", "{");
            opened(node7);
            complete(node7.write("web-1", CREATED));
            complete(node7.delete("web-1"));

            assertThat(server.entries(prefix + "/s/")).isEmpty();
            assertThat(server.entries(prefix + "/k/")).containsExactly(prefix + "/k/node7/web-10/then={");
        }

        @Test
        void manyLargeStatusesAreReadByPagesAtOneRevision() {
            opened(node7);
            Status large = CREATED.toBuilder().message("x".repeat(100_000)).build();
            List<String> ids = IntStream.range(0, 250).mapToObj(i -> "c" + i).toList();
            complete(Flux.fromIterable(ids)
                    .flatMap(id -> node7.write(id, large), 16)
                    .then());
            node7.close().block(PATIENCE);

            // 25 MB, which is more than one answer may contain.
            assertThat(found())
                    .hasSize(250)
                    .allMatch(one -> one instanceof Found.Loaded loaded
                            && loaded.status().equals(large));
        }
    }

    @Nested
    class AnotherOwner {
        @Test
        void isRefusedWhileTheFirstIsThere() {
            opened(node7);

            StepVerifier.create(node7().build().open())
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOfSatisfying(RootLockedException.class, e -> assertThat(e.root())
                                    .isEqualTo("etcd:" + prefix + "/node7")))
                    .verify(PATIENCE);
        }

        @Test
        void thatWasRefusedLeavesNoLease() {
            opened(node7);
            long before = server.leases();
            StepVerifier.create(node7().build().open())
                    .expectError(RootLockedException.class)
                    .verify(PATIENCE);

            assertThat(server.leases()).isEqualTo(before);
        }

        @Test
        void waitsForTheFirstToGo() {
            opened(node7);
            complete(node7.write("web-1", RUNNING));
            EtcdCheckpoints waiting = node7().ownershipWait(PATIENCE).build();
            StepVerifier.create(waiting.open())
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMillis(500))
                    .then(() -> node7.close().block(PATIENCE))
                    .assertNext(opened -> assertThat(opened.containers()).containsExactly(Found.of("web-1", RUNNING)))
                    .expectComplete()
                    .verify(PATIENCE);
            waiting.close().block(PATIENCE);
        }

        @Test
        void waitsForLongerThanItsOwnLeaseLasts() {
            opened(node7);
            EtcdCheckpoints waiting = node7().ownershipWait(PATIENCE)
                    .leaseTtl(Duration.ofSeconds(5))
                    .build();
            StepVerifier.create(waiting.open())
                    .expectSubscription()
                    .expectNoEvent(Duration.ofSeconds(8))
                    .then(() -> node7.close().block(PATIENCE))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(PATIENCE);
            complete(waiting.write("web-1", CREATED));
            waiting.close().block(PATIENCE);
        }

        @Test
        void ofTheSameIdentityReplacesTheFirst() {
            replaces(
                    node7().identity("boot-1").build(),
                    node7().identity("boot-1").build());
        }

        @Test
        void thatSeizesReplacesTheFirst() {
            replaces(node7().build(), node7().seize().build());
        }

        private void replaces(EtcdCheckpoints first, EtcdCheckpoints second) {
            opened(first);
            complete(first.write("web-1", CREATED));
            opened(second);

            lost(first.write("web-1", RUNNING), "another owner has taken it");
            lost(first.delete("web-1"), "another owner has taken it");
            lost(first.create("web-2", CREATED), "another owner has taken it");
            assertThat(first.access().writable()).isFalse();
            assertThat(first.access().reason()).contains("another owner has taken it");
            complete(second.write("web-1", RUNNING));
            first.close().block(PATIENCE);
            // The close of the first adapter takes nothing from the second one.
            complete(second.write("web-2", RUNNING));
            second.close().block(PATIENCE);
            assertThat(found()).containsExactlyInAnyOrder(Found.of("web-1", RUNNING), Found.of("web-2", RUNNING));
        }

        @Test
        void isNotNeededForTheOwnershipToBeLost() {
            opened(node7);
            complete(node7.write("web-1", CREATED));
            server.delete(prefix + "/o/node7");

            lost(node7.write("web-1", RUNNING), "its lease has ended");
            assertThat(server.entries(prefix + "/s/"))
                    .singleElement()
                    .asString()
                    .doesNotContain("42");
        }

        @Test
        void anOwnerThatIsLostStaysSo() {
            opened(node7);
            server.delete(prefix + "/o/node7");
            lost(node7.write("web-1", RUNNING), "its lease has ended");
            server.put(prefix + "/o/node7", "{}");

            lost(node7.write("web-1", RUNNING), "its lease has ended");
        }

        private void lost(Mono<Void> change, String reason) {
            StepVerifier.create(change)
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(OwnershipLostException.class)
                            .hasMessageContaining("etcd:" + prefix + "/node7")
                            .hasMessageContaining(reason))
                    .verify(PATIENCE);
        }
    }

    @Nested
    class AnotherProgram {
        @Test
        void thatChangesAKeyIsReportedOnceAndOverwrittenByTheNextWrite() {
            opened(node7);
            complete(node7.write("web-1", CREATED));
            server.put(prefix + "/s/node7/web-1", "foreign");

            StepVerifier.create(node7.write("web-1", RUNNING))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isExactlyInstanceOf(NotWrittenException.class)
                            .hasMessageContaining("a program that is not the owner has changed it"))
                    .verify(PATIENCE);
            assertThat(server.entries(prefix + "/s/")).containsExactly(prefix + "/s/node7/web-1=foreign");
            complete(node7.write("web-1", RUNNING));
            assertThat(server.entries(prefix + "/k/"))
                    .singleElement()
                    .asString()
                    .endsWith("=foreign");
        }

        @Test
        void thatHasCreatedTheContainerIsInTheWayOfItsCreation() {
            opened(node7);
            String document = new String(StatusCodec.encode(RUNNING), StandardCharsets.UTF_8);
            server.put(prefix + "/s/node7/web-1", document);

            StepVerifier.create(node7.create("web-1", CREATED))
                    .expectError(AlreadyExistsException.class)
                    .verify(PATIENCE);
            assertThat(server.entries(prefix + "/s/")).containsExactly(prefix + "/s/node7/web-1=" + document);
        }
    }

    @Test
    void aContainerThatIsThereIsNotCreated() {
        opened(node7);
        complete(node7.create("web-1", RUNNING));

        StepVerifier.create(node7.create("web-1", CREATED))
                .expectError(AlreadyExistsException.class)
                .verify(PATIENCE);
    }

    @Test
    void withoutSpaceChangesAreNotWrittenAndDeletionsAre() {
        opened(node7);
        complete(node7.write("web-1", CREATED));
        server.runOutOfSpace();
        try {
            StepVerifier.create(node7.write("web-1", RUNNING))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isExactlyInstanceOf(NotWrittenException.class)
                            .hasMessageContaining("database space exceeded"))
                    .verify(PATIENCE);
            complete(node7.delete("web-1"));
        } finally {
            server.haveSpaceAgain();
        }
        complete(node7.write("web-1", RUNNING));
    }

    @Test
    void anEtcdThatIsNotThereCannotBeRead() {
        EtcdCheckpoints nowhere = EtcdCheckpoints.builder(EtcdEndpoints.of("http://127.0.0.1:1"), "/status", "node7")
                .openTimeout(Duration.ofMillis(300))
                .build();

        StepVerifier.create(nowhere.open())
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(UnreadableStatusException.class, e -> assertThat(e.location())
                                .isEqualTo("etcd:/status/node7")))
                .verify(PATIENCE);
        nowhere.close().block(PATIENCE);
        StepVerifier.create(nowhere.open())
                .expectError(StoreClosedException.class)
                .verify(PATIENCE);
    }

    @Test
    void aSchedulerThatTakesNoTaskHidesNoResult() {
        Scheduler disposed = Schedulers.newSingle("disposed");
        disposed.dispose();
        EtcdCheckpoints rejected = node7().scheduler(disposed).build();

        assertThat(opened(rejected).access().writable()).isTrue();
        complete(rejected.write("web-1", CREATED));
        complete(rejected.close());
        assertThat(found()).containsExactly(Found.of("web-1", CREATED));
    }

    @Test
    void afterTheCloseNoThreadAndNoLeaseIsLeft() {
        long leases = server.leases();
        // The threads of earlier tests end by themselves.
        Awaitility.await().untilAsserted(() -> assertThat(threads()).isEmpty());
        opened(node7);
        complete(node7.write("web-1", CREATED));
        assertThat(threads()).contains("status-etcd-client", "status-etcd-io-");
        assertThat(server.leases()).isEqualTo(leases + 1);
        node7.close().block(PATIENCE);

        assertThat(server.leases()).isEqualTo(leases);
        Awaitility.await().untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "status", "/", "/a/", "//a", "/a//b"})
    void aPrefixOfAnotherFormIsRefused(String wrong) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdCheckpoints.builder(server.endpoints(), wrong, "node7"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a b"})
    void aNodeOfAnotherFormIsRefused(String wrong) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdCheckpoints.builder(server.endpoints(), "/status", wrong));
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(thread -> thread.getName().replaceFirst("[0-9]+-[0-9]+$", ""))
                .filter(name -> name.startsWith("status-etcd"))
                .toList();
    }

    /** Returns the containers that the next owner finds. */
    private List<Found> found() {
        EtcdCheckpoints next = node7().build();
        List<Found> containers = opened(next).containers();
        next.close().block(PATIENCE);
        return containers;
    }

    private static Opened opened(EtcdCheckpoints checkpoints) {
        return checkpoints.open().blockOptional(PATIENCE).orElseThrow();
    }

    private static void complete(Mono<Void> change) {
        StepVerifier.create(change).expectComplete().verify(PATIENCE);
    }
}
