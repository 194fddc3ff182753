package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTransitions;
import io.containerstatus.etcd.FleetPublisherHealth.State;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.LeaseGrantRequest;
import io.containerstatus.etcd.wire.Wire.LeaseGrantResponse;
import io.containerstatus.etcd.wire.Wire.LeaseRevokeRequest;
import io.containerstatus.etcd.wire.Wire.LeaseTimeToLiveRequest;
import io.containerstatus.etcd.wire.Wire.LeaseTimeToLiveResponse;
import io.containerstatus.etcd.wire.Wire.PutResponse;
import io.containerstatus.etcd.wire.Wire.RangeRequest;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.RequestOp;
import io.containerstatus.etcd.wire.Wire.ResponseHeader;
import io.containerstatus.etcd.wire.Wire.ResponseOp;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/**
 * Tests the requests that a publisher sends after each answer, and what it reports. The fence is 10 at first;
 * nothing is stored.
 */
@Tag("long")
class PublicationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final io.grpc.Status LOST_LEADER =
            io.grpc.Status.UNAVAILABLE.withDescription("etcdserver: request timed out");
    private static final io.grpc.Status NO_LEADER = io.grpc.Status.UNAVAILABLE.withDescription("etcdserver: no leader");
    private static final io.grpc.Status NO_SPACE =
            io.grpc.Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded");
    private static final io.grpc.Status TOO_LARGE =
            io.grpc.Status.INVALID_ARGUMENT.withDescription("etcdserver: request is too large");
    private static final io.grpc.Status TOO_MANY =
            io.grpc.Status.INVALID_ARGUMENT.withDescription("etcdserver: too many operations in txn request");
    private static final io.grpc.Status DENIED =
            io.grpc.Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied");
    private static final KeyValue FOREIGN =
            KeyValue.newBuilder().setModRevision(15).setLease(1).build();
    private static final LeaseGrantResponse GRANTED = LeaseGrantResponse.getDefaultInstance();
    private static final RangeResponse NOTHING = RangeResponse.getDefaultInstance();

    private final ScriptedEtcd etcd = new ScriptedEtcd();
    private final StatusStore store =
            StatusStore.builder(new InMemoryCheckpoints()).open().block(PATIENCE);
    private FleetPublisher publisher;

    @AfterEach
    void close() {
        publisher.close().block(PATIENCE);
        store.close().block(PATIENCE);
        etcd.close();
    }

    @Test
    void itTakesTheNodeComparesAndPublishesInOneTransaction() {
        create("web-1", 1);
        create("web-2", 2);
        etcd.answer(owner(9), GRANTED, succeeded(10), NOTHING, succeeded(11));
        start();

        published();
        assertThat(requests())
                .containsExactly(
                        "read owner", "grant", "take at 0", "read statuses", "at fence 10: put web-1 1, put web-2 2");
    }

    @Test
    void anEtcdThatRefusesItsUserIsAskedAgain() {
        create("web-1", 1);
        etcd.answer(
                DENIED, owner(9), GRANTED, DENIED, owner(9), GRANTED, succeeded(10), NOTHING, DENIED, succeeded(11));
        start();

        published();
        assertThat(requests())
                .containsExactly(
                        "read owner",
                        "read owner",
                        "grant",
                        "take at 0",
                        "read owner",
                        "grant",
                        "take at 0",
                        "read statuses",
                        "at fence 10: put web-1 1",
                        "at fence 10: put web-1 1");
        assertThat(publisher.health().lastFailure()).hasMessageContaining("permission denied");
    }

    @Test
    void aStatusThatIsStoredAndNoLongerKnownIsDeletedBeforeOthersAreWritten() {
        create("web-1", 1);
        etcd.answer(
                owner(9),
                GRANTED,
                succeeded(10),
                stored(key("gone", 5, document(1)), key("web-1", 5, document(9))),
                succeeded(11),
                succeeded(12));
        start();

        sent("read statuses", "at fence 10: delete gone", "at fence 10: put web-1 1");
    }

    @Test
    void aContainerThatIsCreatedAgainBeforeTheFirstComparisonHasItsKeyDeletedFirst() {
        create("web-1", 1);
        start();
        awaitPending(1);
        delete("web-1");
        create("web-1", 2);
        etcd.answer(
                owner(9), GRANTED, succeeded(10), stored(key("web-1", 5, document(1))), succeeded(11), succeeded(12));

        sent("read statuses", "at fence 10: delete web-1", "at fence 10: put web-1 2");
    }

    /**
     * The publisher reads the store before the stream reports the deletion. The key of the former container
     * must be deleted, and that of the new one must not.
     */
    @Test
    void aContainerThatIsCreatedAgainWhileItIsReadIsDeletedOnce() {
        AtomicBoolean armed = new AtomicBoolean();
        StatusStore changing = (StatusStore) Proxy.newProxyInstance(
                StatusStore.class.getClassLoader(), new Class<?>[] {StatusStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("get") && armed.compareAndSet(true, false)) {
                        CompletableFuture.runAsync(() -> {
                                    delete("web-1");
                                    create("web-1", 3);
                                })
                                .join();
                    }
                    return method.invoke(store, arguments);
                });
        etcd.answer(owner(9), GRANTED, succeeded(10), NOTHING, succeeded(11));
        start(changing);
        awaitRequests(4);
        create("web-1", 1);
        sent("at fence 10: put web-1 1");
        etcd.answer(succeeded(12), succeeded(13), succeeded(14));
        armed.set(true);
        store.get("web-1").update(status -> status(2)).block(PATIENCE);

        sent("at fence 10: delete web-1", "at fence 10: put web-1 3");
        assertThat(requests().subList(4, requests().size()))
                .containsExactly("at fence 10: put web-1 1", "at fence 10: delete web-1", "at fence 10: put web-1 3");
    }

    @Nested
    class ATransaction {
        @Test
        void thatHadNoEffectIsSentAgain() {
            owned();
            etcd.answer(NO_LEADER, succeeded(11));
            create("web-1", 1);

            sent("at fence 10: put web-1 1", "at fence 10: put web-1 1");
        }

        @Test
        void thatMayHaveItsEffectLaterIsMadeImpossibleBeforeTheNextOne() {
            owned();
            etcd.answer(LOST_LEADER, LOST_LEADER, succeeded(20), succeeded(21));
            create("web-1", 1);

            sent("at fence 10: put web-1 1", "raise 10", "raise 10", "at fence 20: put web-1 1");
        }

        @Test
        void ofADeletionThatMayHaveItsEffectLaterLikewise() {
            owned();
            etcd.answer(succeeded(11));
            create("web-1", 1);
            sent("at fence 10: put web-1 1");
            etcd.answer(LOST_LEADER, succeeded(20), succeeded(21), succeeded(22));
            delete("web-1");
            sent("at fence 20: delete web-1");
            create("web-1", 2);

            sent("at fence 10: delete web-1", "raise 10", "at fence 20: delete web-1", "at fence 20: put web-1 2");
        }

        @Test
        void thatFoundNoSpaceIsSentAgain() {
            owned();
            etcd.answer(NO_SPACE, succeeded(12));
            create("web-1", 1);

            sent("at fence 10: put web-1 1", "at fence 10: put web-1 1");
            assertThat(publisher.health().lastFailure()).hasMessageContaining("database space exceeded");
        }

        @Test
        void isRefusedAtAFenceThatSomebodyHasRaised() {
            owned();
            etcd.answer(refused(KeyValue.newBuilder().setModRevision(17).setLease(lease())), succeeded(18));
            create("web-1", 1);

            sent("at fence 10: put web-1 1", "at fence 17: put web-1 1");
        }

        @Test
        void isTheLastOneIfAnotherOneOwnsTheNode() {
            owned();
            etcd.answer(refused(FOREIGN.toBuilder()), owner(15, FOREIGN));
            create("web-1", 1);

            StepVerifier.create(publisher.ownershipLost())
                    .expectNextMatches(reason -> reason.startsWith("another owner has taken it"))
                    .expectComplete()
                    .verify(PATIENCE);
            publisher.close().block(PATIENCE);
            assertThat(requests()).endsWith("at fence 10: put web-1 1", "read owner", "revoke");
            assertThat(publisher.health().state()).isEqualTo(State.OWNERSHIP_LOST);
            assertThat(publisher.health().pending()).isEqualTo(1);
        }
    }

    @Nested
    class ATransactionThatIsTooLarge {
        @Test
        void isSentInParts() {
            for (int i = 1; i <= 4; i++) {
                create("web-" + i, i);
            }
            etcd.answer(owner(9), GRANTED, succeeded(10), NOTHING, TOO_LARGE, succeeded(11), succeeded(12));
            start();

            sent(
                    "at fence 10: put web-1 1, put web-2 2, put web-3 3, put web-4 4",
                    "at fence 10: put web-1 1, put web-2 2",
                    "at fence 10: put web-3 3, put web-4 4");
        }

        @Test
        void forTheNumberOfItsOperationsIsSentInParts() {
            for (int i = 1; i <= 4; i++) {
                create("web-" + i, i);
            }
            etcd.answer(owner(9), GRANTED, succeeded(10), NOTHING, TOO_MANY, succeeded(11), succeeded(12));
            start();

            sent(
                    "at fence 10: put web-1 1, put web-2 2, put web-3 3, put web-4 4",
                    "at fence 10: put web-1 1, put web-2 2",
                    "at fence 10: put web-3 3, put web-4 4");
        }

        @Test
        void forOneStatusHoldsUpNoOther() {
            owned();
            etcd.answer(TOO_LARGE);
            create("large", 1);
            awaitRequests(5);
            etcd.answer(succeeded(11), succeeded(12));
            create("web-2", 2);
            create("web-3", 3);

            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> requests().get(requests().size() - 1).endsWith("put web-3 3"));
            awaitPending(1);
            assertThat(publisher.health().lastFailure())
                    .isInstanceOfSatisfying(NotWrittenException.class, failure -> assertThat(failure.id())
                            .isEqualTo("large"))
                    .hasMessageContaining("request is too large");
            assertThat(requests().subList(5, requests().size()))
                    .allSatisfy(request -> assertThat(request).doesNotContain("large"));
            etcd.forgetTheRest();
            etcd.answer(succeeded(20));
            store.get("large").update(status -> status(9)).block(PATIENCE);
            sent("at fence 10: put large 9");
        }
    }

    @Nested
    class AnEtcdThatHasGoneBack {
        @Test
        void isBroughtUpToDateIfTheNodeIsStillThisOnes() {
            owned();
            etcd.answer(succeeded(30));
            create("web-1", 1);
            sent("at fence 10: put web-1 1");
            // The owner's key is ours, but older than it was.
            KeyValue.Builder ours = KeyValue.newBuilder().setModRevision(7).setLease(lease());
            etcd.answer(
                    refused(ours),
                    owner(8, ours.build()),
                    owner(8, ours.build()),
                    GRANTED,
                    refused(ours),
                    succeeded(9),
                    stored(key("old", 3, document(1))),
                    succeeded(10),
                    succeeded(11));
            create("web-2", 2);

            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(requests())
                    .containsSubsequence(
                            "take at 0",
                            "take at 7",
                            "read statuses",
                            "at fence 9: delete old",
                            "at fence 9: put web-2 2, put web-1 1"));
        }

        @Test
        void isLeftToAnotherOwnerAsLongAsItOwnsTheNode() {
            owned();
            etcd.answer(succeeded(30));
            create("web-1", 1);
            sent("at fence 10: put web-1 1");
            etcd.answer(
                    refused(FOREIGN.toBuilder()),
                    owner(16, FOREIGN),
                    owner(16, FOREIGN),
                    owner(17),
                    GRANTED,
                    succeeded(18),
                    NOTHING,
                    succeeded(19));
            create("web-2", 2);

            sent("at fence 18: put web-2 2, put web-1 1");
        }

        @Test
        void isNoticedIfATransactionSucceedsAtAnOlderRevision() {
            ownedAndPublished(succeeded(30));
            etcd.answer(succeeded(12));
            isTakenAgain(12, 0);
            create("web-2", 2);

            sent("read statuses", "at fence 13: put web-1 1");
        }

        @Test
        void isNoticedIfATransactionWritesAtARevisionThatEtcdHadAlready() {
            ownedAndPublished(succeeded(12));
            etcd.answer(written(12));
            isTakenAgain(12, 0);
            create("web-2", 2);

            sent("read statuses", "at fence 13: put web-1 1");
        }

        @Test
        void isNoticedByItsTermIfOthersHaveWrittenSince() {
            ownedAndPublished(inTerm(5, succeeded(30)));
            etcd.answer(inTerm(2, succeeded(40)));
            isTakenAgain(40, 2);
            create("web-2", 2);

            sent("read statuses", "at fence 41: put web-1 1");
        }

        @Test
        void isNoticedByARefusedTransaction() {
            ownedAndPublished(succeeded(30));
            // The owner's key was written once more after the fence, but before what is lost.
            KeyValue.Builder ours = KeyValue.newBuilder().setModRevision(15).setLease(lease());
            etcd.answer(refused(ours));
            isTakenAgain(16, 0);
            create("web-2", 2);

            sent("read statuses", "at fence 17: put web-1 1");
        }

        @Test
        void doesNotPassForTheWorkOfAnotherOwnerAfterTheLeaseHasEnded() {
            ownedAndPublished(inTerm(5, succeeded(30)));
            etcd.answer(
                    inTerm(5, refusedAt(31)),
                    inTerm(5, owner(31)),
                    noLease(),
                    GRANTED,
                    inTerm(5, succeeded(32)),
                    // Etcd goes back here.
                    stored(key("web-2", 12, document(2))),
                    inTerm(2, owner(40)),
                    inTerm(2, owner(40)),
                    inTerm(2, owner(40)),
                    GRANTED,
                    inTerm(2, succeeded(41)),
                    stored(key("web-2", 12, document(2))),
                    inTerm(2, succeeded(42)));
            create("web-2", 2);

            sent("read statuses", "at fence 41: put web-1 1");
            assertThat(publisher.health().state()).isEqualTo(State.PUBLISHING);
        }

        @Test
        void isTheBeginningFromThenOn() {
            ownedAndPublished(inTerm(5, succeeded(30)));
            etcd.answer(inTerm(2, succeeded(12)));
            isTakenAgain(12, 2);
            create("web-2", 2);
            sent("at fence 13: put web-1 1");
            etcd.answer(inTerm(2, succeeded(15)));
            create("web-3", 3);

            sent("at fence 13: put web-1 1", "at fence 13: put web-3 3");
        }

        /** Answers the steps that follow on the knowledge that etcd has lost web-1, and holds web-2. */
        private void isTakenAgain(long revision, long term) {
            KeyValue ours =
                    KeyValue.newBuilder().setModRevision(10).setLease(lease()).build();
            etcd.answer(
                    inTerm(term, owner(revision, ours)),
                    inTerm(term, owner(revision, ours)),
                    GRANTED,
                    refused(ours.toBuilder()),
                    inTerm(term, succeeded(revision + 1)),
                    stored(key("web-2", revision, document(2))),
                    inTerm(term, succeeded(revision + 2)));
        }

        private void ownedAndPublished(TxnResponse answer) {
            owned();
            etcd.answer(answer);
            create("web-1", 1);
            sent("at fence 10: put web-1 1");
        }
    }

    @Nested
    class AnOwnershipThatEndedWithItsLease {
        @Test
        void isTakenAgainAndTheStatusesAreReadAgain() {
            owned();
            etcd.answer(succeeded(11));
            create("web-1", 1);
            sent("at fence 10: put web-1 1");
            etcd.answer(
                    refusedAt(20),
                    owner(20),
                    noLease(),
                    GRANTED,
                    succeeded(21),
                    stored(key("web-1", 11, document(1))),
                    owner(21),
                    succeeded(22));
            create("web-2", 2);

            sent(
                    "at fence 10: put web-2 2",
                    "read owner",
                    "time to live",
                    "grant",
                    "take at 0",
                    "revoke",
                    "read statuses",
                    "read owner",
                    "at fence 21: put web-2 2");
        }

        @Test
        void isNotTakenForAnothersIfOnlyTheOwnTransactionMayHaveChangedSomething() {
            owned();
            etcd.answer(LOST_LEADER, refusedAt(20), owner(20), noLease(), GRANTED, succeeded(21));
            etcd.answer(stored(key("web-1", 11, document(1))), owner(21));
            create("web-1", 1);

            sent("read statuses", "read owner");
            assertThat(publisher.health().state()).isEqualTo(State.PUBLISHING);
        }

        @Test
        void isNotTakenForAnothersIfItWasTakenAgainWithoutAnAnswer() {
            owned();
            // The denied call has put the key nevertheless.
            etcd.answer(refusedAt(20), owner(20), noLease(), GRANTED, DENIED);
            create("web-1", 1);
            awaitRequests(9);
            KeyValue.Builder ours = KeyValue.newBuilder().setModRevision(21).setLease(lease());
            etcd.answer(owner(21, ours.build()), GRANTED, refused(ours), NOTHING, owner(21), succeeded(22));

            sent(
                    "read owner",
                    "grant",
                    "take at 0",
                    "revoke",
                    "read statuses",
                    "read owner",
                    "at fence 21: put web-1 1");
            assertThat(leases()).hasSize(2);
        }

        @Test
        void isLostIfSomebodyElseWasFaster() {
            owned();
            etcd.answer(refusedAt(20), owner(20), noLease(), GRANTED, refused(FOREIGN.toBuilder()), owner(22, FOREIGN));
            create("web-1", 1);

            StepVerifier.create(publisher.ownershipLost())
                    .expectNextMatches(reason -> reason.startsWith("another owner has taken it"))
                    .expectComplete()
                    .verify(PATIENCE);
        }

        @Test
        void isLostIfSomebodyFencesTheNodeAsItIsTakenAgain() {
            owned();
            etcd.answer(refusedAt(20), owner(20), noLease(), GRANTED, succeeded(21), NOTHING);
            etcd.answer(owner(21, null, KeyValue.newBuilder().setModRevision(20).build()));
            create("web-1", 1);

            StepVerifier.create(publisher.ownershipLost())
                    .expectNext("the node was fenced")
                    .expectComplete()
                    .verify(PATIENCE);
            publisher.close().block(PATIENCE);
            assertThat(requests()).endsWith("read owner", "revoke").doesNotContain("at fence 21: put web-1 1");
        }
    }

    @Test
    void aFailedStreamOfTheStoreIsSubscribedToAgainAndMissedChangesAreFound() {
        Sinks.Many<StatusChange> failing = Sinks.many().unicast().onBackpressureBuffer();
        create("web-1", 1);
        etcd.answer(owner(9), GRANTED, succeeded(10), NOTHING, succeeded(11));
        start(withFirstStream(failing.asFlux()));
        sent("at fence 10: put web-1 1");
        delete("web-1");
        create("web-2", 2);
        etcd.answer(stored(key("web-1", 11, document(1))), succeeded(12), succeeded(13));
        failing.tryEmitError(new IllegalStateException("no memory"));

        sent("read statuses", "at fence 10: delete web-1", "at fence 10: put web-2 2");
        assertThat(publisher.health().lastFailure()).hasMessage("no memory");
    }

    @Test
    void aClockThatFailsEndsNothing() {
        create("web-1", 1);
        etcd.answer(DENIED, owner(9), GRANTED, succeeded(10), NOTHING, succeeded(11));
        AtomicBoolean asked = new AtomicBoolean();
        InstantSource forgetful = () -> {
            if (asked.compareAndSet(false, true)) {
                throw new IllegalStateException("no time");
            }
            return Instant.EPOCH;
        };
        publisher = builder(store)
                .clock(forgetful.withZone(ZoneOffset.UTC))
                .connector(() -> ScriptedEtcd.to(etcd))
                .start();

        sent("at fence 10: put web-1 1");
        assertThat(publisher.health().lastFailure()).hasMessageContaining("permission denied");
        assertThat(publisher.health().lastFailureAt()).isNull();
    }

    @Nested
    class ASchedulerThatTakesNoTask {
        private final Scheduler disposed = Schedulers.newSingle("disposed");

        @BeforeEach
        void start() {
            disposed.dispose();
            create("web-1", 1);
            etcd.answer(owner(9), GRANTED, succeeded(10), NOTHING, succeeded(11));
            publisher = builder(store)
                    .scheduler(disposed)
                    .connector(() -> ScriptedEtcd.to(etcd))
                    .start();
            published();
        }

        @Test
        void failsNoClose() {
            StepVerifier.create(publisher.close()).expectComplete().verify(PATIENCE);
            StepVerifier.create(publisher.ownershipLost()).expectComplete().verify(PATIENCE);
            assertThat(publisher.health().state()).isEqualTo(State.CLOSED);
        }

        @Test
        void hidesNoLossOfTheOwnership() {
            etcd.answer(refused(FOREIGN.toBuilder()), owner(15, FOREIGN));
            create("web-2", 2);

            StepVerifier.create(publisher.ownershipLost())
                    .expectNextMatches(reason -> reason.startsWith("another owner has taken it"))
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }

    @Test
    void theStoreIsNotSlowedByAnEtcdThatNeverAnswers() {
        etcd.answer(ScriptedEtcd.SILENCE);
        start();
        for (int i = 0; i < 1_000; i++) {
            create("c" + i, 1);
            store.get("c" + i).updateSync(status -> status(2)).block(PATIENCE);
        }

        awaitPending(1_000);
        assertThat(publisher.health().state()).isEqualTo(State.TAKING);
    }

    // ---- The publisher

    private void start() {
        start(store);
    }

    private void start(StatusStore published) {
        publisher = builder(published).connector(() -> ScriptedEtcd.to(etcd)).start();
    }

    private static FleetPublisher.Builder builder(StatusStore published) {
        return FleetPublisher.builder(published, EtcdEndpoints.of("http://unused"), "/status", "node7")
                .leaseTtl(Duration.ofHours(1)) // No read of the owner's key and no keep-alive comes in between.
                .closeTimeout(Duration.ofMillis(100))
                .requestTimeout(Duration.ofSeconds(10));
    }

    /** Returns the store with this as its first stream of changes. */
    private StatusStore withFirstStream(Flux<StatusChange> first) {
        AtomicBoolean taken = new AtomicBoolean();
        return (StatusStore) Proxy.newProxyInstance(
                StatusStore.class.getClassLoader(),
                new Class<?>[] {StatusStore.class},
                (proxy, method, arguments) -> method.getName().equals("changes") && taken.compareAndSet(false, true)
                        ? first
                        : method.invoke(store, arguments));
    }

    /** Starts a publisher that has nothing to publish, and that has the fence 10. */
    private void owned() {
        etcd.answer(owner(9), GRANTED, succeeded(10), NOTHING);
        start();
        awaitRequests(4);
    }

    /** Waits until the publisher has sent these requests last, and has nothing more to send. */
    private void sent(String... last) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(requests())
                .endsWith(last));
        published();
        assertThat(requests()).endsWith(last);
    }

    private void published() {
        Awaitility.await().atMost(PATIENCE).until(() -> {
            FleetPublisherHealth health = publisher.health();
            return health.state() == State.PUBLISHING && health.owner() && health.pending() == 0;
        });
    }

    private void awaitPending(int pending) {
        Awaitility.await().atMost(PATIENCE).until(() -> publisher.health().pending() == pending);
    }

    private void awaitRequests(int count) {
        Awaitility.await().atMost(PATIENCE).until(() -> etcd.requests.size() >= count);
    }

    /** Returns the lease that was requested last. */
    private long lease() {
        List<Long> leases = leases();
        return leases.get(leases.size() - 1);
    }

    /** Returns the requested leases, each once. */
    private List<Long> leases() {
        return etcd.requests.stream()
                .filter(LeaseGrantRequest.class::isInstance)
                .map(request -> ((LeaseGrantRequest) request).getID())
                .distinct()
                .toList();
    }

    private void create(String id, long pid) {
        store.create(id, status(pid)).block(PATIENCE);
    }

    private void delete(String id) {
        store.delete(id).block(PATIENCE);
    }

    private static Status status(long pid) {
        return StatusTransitions.created(Instant.EPOCH.plusNanos(1)).toBuilder()
                .pid(pid)
                .build();
    }

    private static ByteString document(long pid) {
        return ByteString.copyFrom(StatusCodec.encode(status(pid)));
    }

    // ---- Answers

    private static TxnResponse succeeded(long revision) {
        return TxnResponse.newBuilder()
                .setSucceeded(true)
                .setHeader(ResponseHeader.newBuilder().setRevision(revision))
                .build();
    }

    /** Returns the answer to a transaction that has put something. */
    private static TxnResponse written(long revision) {
        return succeeded(revision).toBuilder()
                .addResponses(ResponseOp.newBuilder().setResponsePut(PutResponse.getDefaultInstance()))
                .build();
    }

    /** Refuses a transaction immediately after the owner's key was put. */
    private static TxnResponse refused(KeyValue.Builder owner) {
        return refusedAt(owner.getModRevision()).toBuilder()
                .setResponses(0, response(owner.build()))
                .build();
    }

    /** Refuses a transaction, because the owner's key does not exist. */
    private static TxnResponse refusedAt(long revision) {
        return owner(revision).toBuilder().setSucceeded(false).build();
    }

    private static TxnResponse inTerm(long term, TxnResponse answer) {
        TxnResponse.Builder inTerm = answer.toBuilder();
        inTerm.getHeaderBuilder().setRaftTerm(term);
        return inTerm.build();
    }

    private static TxnResponse owner(long revision) {
        return owner(revision, null);
    }

    private static TxnResponse owner(long revision, KeyValue owner) {
        return owner(revision, owner, null);
    }

    private static TxnResponse owner(long revision, KeyValue owner, KeyValue fence) {
        return succeeded(revision).toBuilder()
                .addResponses(response(owner))
                .addResponses(response(fence))
                .build();
    }

    private static ResponseOp response(KeyValue one) {
        return ResponseOp.newBuilder()
                .setResponseRange(one == null ? stored() : stored(one))
                .build();
    }

    private static RangeResponse stored(KeyValue... stored) {
        return RangeResponse.newBuilder().addAllKvs(List.of(stored)).build();
    }

    private static KeyValue key(String id, long revision, ByteString value) {
        return KeyValue.newBuilder()
                .setKey(new Keys("/status", "node7").status(id))
                .setModRevision(revision)
                .setValue(value)
                .build();
    }

    private static LeaseTimeToLiveResponse noLease() {
        return LeaseTimeToLiveResponse.newBuilder().setTTL(-1).build();
    }

    // ---- Requests as text

    private List<String> requests() {
        List<String> texts = new ArrayList<>();
        for (Message request : etcd.requests) {
            if (request instanceof TxnRequest txn) {
                texts.add(text(txn));
            } else if (request instanceof RangeRequest range) {
                assertThat(range.getSerializable()).isFalse();
                texts.add("read statuses");
            } else if (request instanceof LeaseGrantRequest) {
                texts.add("grant");
            } else if (request instanceof LeaseTimeToLiveRequest) {
                texts.add("time to live");
            } else if (request instanceof LeaseRevokeRequest) {
                texts.add("revoke");
            }
        }
        return texts;
    }

    private static String text(TxnRequest txn) {
        Keys keys = new Keys("/status", "node7");
        if (txn.getCompareCount() == 0) {
            assertThat(txn.getSuccess(0).getRequestRange().getKey()).isEqualTo(keys.owner());
            return "read owner";
        }
        assertThat(txn.getCompareCount()).isEqualTo(1);
        assertThat(txn.getCompare(0).getKey()).isEqualTo(keys.owner());
        long fence = txn.getCompare(0).getModRevision();
        if (txn.getSuccess(0).hasRequestPut()
                && txn.getSuccess(0).getRequestPut().getKey().equals(keys.owner())) {
            assertThat(txn.getSuccess(0).getRequestPut().getLease()).isPositive();
            return (takes(fence) ? "take at " : "raise ") + fence;
        }
        return txn.getSuccessList().stream()
                .map(PublicationTest::text)
                .collect(Collectors.joining(", ", "at fence " + fence + ": ", ""));
    }

    /** The fences of these tests are 10 and above. */
    private static boolean takes(long revision) {
        return revision < 10;
    }

    private static String text(RequestOp operation) {
        int prefix = new Keys("/status", "node7").statuses().size();
        if (operation.hasRequestPut()) {
            String id = operation.getRequestPut().getKey().substring(prefix).toStringUtf8();
            Status status =
                    StatusCodec.decode(operation.getRequestPut().getValue().toByteArray());
            return "put " + id + " " + status.pid();
        }
        return "delete "
                + operation.getRequestDeleteRange().getKey().substring(prefix).toStringUtf8();
    }
}
