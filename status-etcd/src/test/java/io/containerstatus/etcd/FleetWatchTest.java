package io.containerstatus.etcd;

import static io.containerstatus.etcd.ScriptedEtcd.SILENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.etcd.ScriptedEtcd.OpenWatch;
import io.containerstatus.etcd.wire.Wire.AuthenticateResponse;
import io.containerstatus.etcd.wire.Wire.Event;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.RangeRequest;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.ResponseHeader;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.containerstatus.etcd.wire.Wire.WatchResponse;
import io.grpc.Metadata;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.StepVerifier.FirstStep;
import reactor.test.StepVerifier.Step;

/** Tests how a follower handles answers that a real etcd gives only rarely. */
@Tag("long")
class FleetWatchTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final io.grpc.Status NO_LEADER = io.grpc.Status.UNAVAILABLE.withDescription("etcdserver: no leader");
    private static final io.grpc.Status COMPACTED =
            io.grpc.Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision has been compacted");
    private static final io.grpc.Status FUTURE =
            io.grpc.Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision is a future revision");
    private static final io.grpc.Status DENIED =
            io.grpc.Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied");
    private static final io.grpc.Status OLD_TOKEN =
            io.grpc.Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token");
    private static final long CLUSTER = 7;
    private static final WatchResponse WATCHED =
            WatchResponse.newBuilder().setHeader(header(1000)).setCreated(true).build();

    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private static final InstantSource BROKEN = () -> {
        throw new IllegalStateException("no time");
    };

    private final ScriptedEtcd first = new ScriptedEtcd();
    private final ScriptedEtcd second = new ScriptedEtcd();
    private FleetFollower fleet = follower(PATIENCE).build();

    private FleetFollower.Builder follower(Duration requestTimeout, ScriptedEtcd... members) {
        ScriptedEtcd[] all = members.length == 0 ? new ScriptedEtcd[] {first} : members;
        return FleetFollower.builder(EtcdEndpoints.of("http://unused"), "/f")
                .connector(() -> ScriptedEtcd.to(all))
                .requestTimeout(requestTimeout);
    }

    @AfterEach
    void close() {
        fleet.close().block(PATIENCE);
        first.close();
        second.close();
    }

    private static ResponseHeader header(long revision) {
        return header(CLUSTER, revision, 2);
    }

    private static ResponseHeader header(long cluster, long revision, long term) {
        return ResponseHeader.newBuilder()
                .setClusterId(cluster)
                .setRevision(revision)
                .setRaftTerm(term)
                .build();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** Returns a status with this pid, which distinguishes it from others. */
    private static Status status(long pid) {
        return Status.builder()
                .createdAt(Instant.EPOCH.plusNanos(1))
                .startedAt(Instant.EPOCH.plusNanos(2))
                .pid(pid)
                .build();
    }

    /** Returns the key of a container of node n, with a pid that is its revision. */
    private static KeyValue key(String id, long create, long revision, long version) {
        return KeyValue.newBuilder()
                .setKey(bytes("/f/s/n/" + id))
                .setCreateRevision(create)
                .setModRevision(revision)
                .setVersion(version)
                .setValue(ByteString.copyFrom(StatusCodec.encode(status(revision))))
                .build();
    }

    private static RangeResponse page(long revision, KeyValue... keys) {
        return RangeResponse.newBuilder()
                .setHeader(header(revision))
                .addAllKvs(List.of(keys))
                .build();
    }

    /** The answer to the check before a watch continues. */
    private static RangeResponse still(long revision) {
        return page(revision);
    }

    private static Event put(String id, long create, long revision, long version) {
        return Event.newBuilder().setKv(key(id, create, revision, version)).build();
    }

    private static Event deleted(String id, long revision) {
        return Event.newBuilder()
                .setType(Event.EventType.DELETE)
                .setKv(KeyValue.newBuilder().setKey(bytes("/f/s/n/" + id)).setModRevision(revision))
                .build();
    }

    private static WatchResponse.Builder events(Event... events) {
        return WatchResponse.newBuilder().setHeader(header(2000)).addAllEvents(List.of(events));
    }

    private static WatchResponse response(Event... events) {
        return events(events).build();
    }

    private static WatchResponse progress(long revision) {
        return WatchResponse.newBuilder().setHeader(header(revision)).build();
    }

    private static WatchResponse compacted(long revision) {
        return WatchResponse.newBuilder()
                .setHeader(header(2000))
                .setCanceled(true)
                .setCompactRevision(revision)
                .build();
    }

    private static WatchResponse cancelled(String reason) {
        return WatchResponse.newBuilder()
                .setHeader(header(2000))
                .setCreated(true)
                .setCanceled(true)
                .setCancelReason(reason)
                .build();
    }

    /** Returns a change as text, such as "UPDATED web-1 12", or a notice, such as "GAP 12". */
    private static String text(FleetEvent event) {
        if (event instanceof FleetChange change) {
            return change.kind() + " " + change.id() + " " + change.revision()
                    + (change.skipped() == 0 ? "" : " skipped " + change.skipped());
        }
        if (event instanceof FleetNotice notice) {
            return notice.kind() + " " + notice.revision();
        }
        return event instanceof NodeChange node ? node.kind() + " " + node.node() : "";
    }

    private Flux<String> texts() {
        return fleet.events(FleetView.all().on(Schedulers.immediate())).map(FleetWatchTest::text);
    }

    private FirstStep<String> verified() {
        return StepVerifier.create(texts());
    }

    /**
     * Returns a subscriber that has received web-1 at revision 10 and web-2 at revision 12, and is caught up
     * at 20.
     */
    private Step<String> caughtUp() {
        first.answer(page(20, key("web-1", 10, 10, 1), key("web-2", 11, 12, 2)));
        return verified().expectNext("SNAPSHOT n", "SNAPSHOT web-1 10", "SNAPSHOT web-2 12", "CAUGHT_UP 20");
    }

    private OpenWatch watch() {
        return first.watch().sends(WATCHED);
    }

    private List<RangeRequest> ranges() {
        return first.requests.stream()
                .filter(RangeRequest.class::isInstance)
                .map(RangeRequest.class::cast)
                .toList();
    }

    @Nested
    class AWatch {
        @Test
        void beginsAfterTheSnapshotForOwnersAndStatuses() {
            caughtUp()
                    .then(() -> {
                        OpenWatch watch = watch();
                        assertThat(watch.request().getStartRevision()).isEqualTo(21);
                        assertThat(watch.request().getKey()).isEqualTo(bytes("/f/o/"));
                        assertThat(watch.request().getRangeEnd()).isEqualTo(bytes("/f/s0"));
                        assertThat(watch.request().getFragment()).isTrue();
                        assertThat(watch.request().getProgressNotify()).isTrue();
                        watch.sends(response(put("web-1", 10, 25, 2), put("web-3", 25, 25, 1), deleted("web-2", 26)));
                    })
                    .expectNext("UPDATED web-1 25", "CREATED web-3 25", "DELETED web-2 26")
                    .thenCancel()
                    .verify(PATIENCE);
            assertThat(first.headers).allMatch(metadata -> "true".equals(metadata.get(HAS_LEADER)));
        }

        @Test
        void isSharedByAllSubscribers() {
            caughtUp()
                    .then(() -> {
                        OpenWatch watch = watch();
                        StepVerifier.create(texts().take(4))
                                .expectNextCount(4)
                                .expectComplete()
                                .verify(PATIENCE);
                        watch.sends(response(put("web-1", 10, 25, 2)));
                    })
                    .expectNext("UPDATED web-1 25")
                    .thenCancel()
                    .verify(PATIENCE);
            assertThat(first.requests).hasSize(2);
        }

        @Test
        void thatBreaksGoesOnAfterTheLastRevisionReceived() {
            caughtUp()
                    .then(() -> {
                        OpenWatch watch = watch().sends(response(put("web-1", 10, 25, 2)));
                        first.answer(still(30));
                        watch.breaks(NO_LEADER);
                    })
                    .expectNext("UPDATED web-1 25", "INTERRUPTED 25")
                    .then(() -> {
                        OpenWatch next = first.watch();
                        assertThat(next.request().getStartRevision()).isEqualTo(26);
                        next.sends(WATCHED);
                    })
                    .expectNext("RESUMED 25")
                    .then(() -> assertThat(fleet.health().current()).isTrue())
                    .thenCancel()
                    .verify(PATIENCE);
            assertThat(ranges().get(1).getRevision()).isEqualTo(25);
        }

        /**
         * The answer to the creation of a watch has etcd's current revision, not the revision up to which
         * events were sent.
         */
        @Test
        void isNoFurtherByItsCreation() {
            caughtUp()
                    .then(() -> {
                        first.answer(still(1000));
                        watch().breaks(NO_LEADER);
                    })
                    .expectNext("INTERRUPTED 20")
                    .then(() -> assertThat(first.watch().request().getStartRevision())
                            .isEqualTo(21))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void isFurtherByANoticeOfProgress() {
            caughtUp()
                    .then(() -> {
                        OpenWatch watch = watch().sends(progress(40), progress(39));
                        first.answer(still(1000));
                        watch.breaks(NO_LEADER);
                    })
                    .expectNext("INTERRUPTED 40")
                    .then(() -> assertThat(first.watch().request().getStartRevision())
                            .isEqualTo(41))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        /** Another part of the same revision may be missing. */
        @Test
        void thatBreaksAmidARevisionGoesOnWithThatRevision() {
            caughtUp()
                    .then(() -> {
                        OpenWatch watch = watch().sends(
                                        events(put("web-1", 10, 25, 2), put("web-2", 11, 26, 3))
                                                .setFragment(true)
                                                .build(),
                                        progress(40));
                        first.answer(still(1000));
                        watch.breaks(NO_LEADER);
                    })
                    .expectNext("UPDATED web-1 25", "UPDATED web-2 26", "INTERRUPTED 25")
                    .then(() -> {
                        OpenWatch next = first.watch();
                        assertThat(next.request().getStartRevision()).isEqualTo(26);
                        next.sends(WATCHED, response(put("web-2", 11, 26, 3), put("web-3", 26, 26, 1)), progress(41));
                    })
                    .expectNext("RESUMED 25", "CREATED web-3 26")
                    .then(() -> Awaitility.await().until(() -> fleet.health().revision() == 41))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void receivesTheSecondPartOfARevision() {
            caughtUp()
                    .then(() -> {
                        OpenWatch watch = watch().sends(
                                        events(put("web-1", 10, 25, 2))
                                                .setFragment(true)
                                                .build(),
                                        response(put("web-2", 11, 25, 3)));
                        first.answer(still(1000));
                        watch.breaks(NO_LEADER);
                    })
                    .expectNext("UPDATED web-1 25", "UPDATED web-2 25", "INTERRUPTED 25")
                    .then(() -> assertThat(first.watch().request().getStartRevision())
                            .isEqualTo(26))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void emitsNothingTwice() {
            caughtUp()
                    .then(() -> watch().sends(
                                    response(put("web-1", 10, 10, 1), put("web-2", 11, 20, 3)),
                                    response(put("web-1", 10, 25, 2)),
                                    response(put("web-1", 10, 25, 2), deleted("web-2", 26))))
                    .expectNext("UPDATED web-1 25", "DELETED web-2 26")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void thatIsCancelledForAnyReasonIsOpenedAgain() {
            caughtUp()
                    .then(() -> {
                        first.answer(still(30), still(30));
                        first.watch().sends(cancelled("some reason"));
                        first.watch().sends(cancelled(""));
                    })
                    .expectNext("INTERRUPTED 20")
                    .then(() -> watch())
                    .expectNext("RESUMED 20")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void thatIsNotAnsweredIsOpenedAtTheNextMember() {
            fleet = follower(Duration.ofMillis(200), first, second).build();
            second.answer(still(20));
            caughtUp()
                    .then(() -> assertThat(
                                    second.watch().sends(WATCHED).request().getStartRevision())
                            .isEqualTo(21))
                    .expectNext("INTERRUPTED 20", "RESUMED 20")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void isNeededForTheHealthToBeCurrent() {
            caughtUp()
                    .then(() -> {
                        OpenWatch requested = first.watch();
                        assertThat(fleet.health().current()).isFalse();
                        assertThat(fleet.health().interruption()).isNull();
                        requested.sends(WATCHED);
                        Awaitility.await().atMost(PATIENCE).until(() -> fleet.health()
                                .current());
                        first.answer(page(50, key("web-1", 10, 10, 1), key("web-2", 11, 12, 2)));
                        requested.sends(compacted(30));
                    })
                    .expectNext("INTERRUPTED 20", "GAP 50", "CAUGHT_UP 50")
                    .then(() -> {
                        OpenWatch requested = first.watch();
                        assertThat(fleet.health().current()).isFalse();
                        requested.sends(WATCHED, response(put("web-1", 10, 51, 2)));
                    })
                    .expectNext("UPDATED web-1 51")
                    .then(() -> assertThat(fleet.health().current()).isTrue())
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void isGivenUpWithTheFollower() throws InterruptedException {
            OpenWatch[] open = new OpenWatch[1];
            caughtUp()
                    .then(() -> {
                        open[0] = watch();
                        fleet.close().block(PATIENCE);
                    })
                    .expectComplete()
                    .verify(PATIENCE);
            assertThat(open[0].cancelled.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Nested
    class AGap {
        @Test
        void byCompactionIsClosedByANewSnapshotWithTheDifference() {
            caughtUp()
                    .then(() -> {
                        first.answer(page(50, key("web-2", 11, 40, 5), key("web-3", 45, 46, 2)));
                        watch().sends(compacted(30));
                    })
                    .expectNext("INTERRUPTED 20", "GAP 50", "DELETED web-1 50", "UPDATED web-2 40 skipped 2")
                    .expectNext("CREATED web-3 46 skipped 1", "CAUGHT_UP 50")
                    .then(() -> {
                        OpenWatch next = watch();
                        assertThat(next.request().getStartRevision()).isEqualTo(51);
                        next.sends(response(put("web-2", 11, 51, 6)));
                    })
                    .expectNext("UPDATED web-2 51")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void byCompactionWhileEtcdWasAwayIsNotReportedAsAResumption() {
            caughtUp()
                    .then(() -> {
                        first.answer(COMPACTED, page(50, key("web-1", 10, 10, 1), key("web-2", 11, 12, 2)));
                        watch().breaks(NO_LEADER);
                    })
                    .expectNext("INTERRUPTED 20", "GAP 50", "CAUGHT_UP 50")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void inWhichAContainerWasDeletedAndCreatedReportsBoth() {
            caughtUp()
                    .then(() -> {
                        first.answer(page(50, key("web-1", 30, 31, 2), key("web-2", 11, 12, 2)));
                        watch().sends(compacted(30));
                    })
                    .expectNext("INTERRUPTED 20", "GAP 50", "DELETED web-1 50", "CREATED web-1 31 skipped 1")
                    .expectNext("CAUGHT_UP 50")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void inWhichTheLastOfANodeWentForgetsTheNode() {
            KeyValue owner = KeyValue.newBuilder()
                    .setKey(bytes("/f/o/m"))
                    .setCreateRevision(5)
                    .setModRevision(5)
                    .setVersion(1)
                    .setLease(9)
                    .build();
            first.answer(page(20, owner, key("web-1", 10, 10, 1)));
            verified()
                    .expectNext("SNAPSHOT m", "SNAPSHOT n", "SNAPSHOT web-1 10", "CAUGHT_UP 20")
                    .then(() -> {
                        first.answer(page(50));
                        watch().sends(compacted(30));
                    })
                    .expectNext("INTERRUPTED 20", "GAP 50", "DELETED web-1 50", "NOT_OWNED m", "CAUGHT_UP 50")
                    .then(() -> assertThat(fleet.health().nodes()).isZero())
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void ofAnEventThatDidNotComeIsNoticedByTheNextOne() {
            caughtUp()
                    .then(() -> {
                        first.answer(page(50, key("web-1", 10, 31, 4), key("web-2", 11, 12, 2)));
                        watch().sends(response(put("web-1", 10, 31, 4)));
                    })
                    .expectNext("INTERRUPTED 20", "GAP 50", "UPDATED web-1 31 skipped 2", "CAUGHT_UP 50")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void ofACreationThatDidNotComeIsNoticedByTheNextWrite() {
            caughtUp()
                    .then(() -> {
                        first.answer(page(50, key("web-3", 30, 31, 2)));
                        watch().sends(response(put("web-3", 30, 31, 2)));
                    })
                    .expectNext("INTERRUPTED 20", "GAP 50")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void ofADeletionThatDidNotComeIsNoticedByTheNextCreation() {
            caughtUp()
                    .then(() -> {
                        first.answer(page(50, key("web-1", 31, 31, 1), key("web-2", 11, 12, 2)));
                        watch().sends(response(put("web-1", 31, 31, 1)));
                    })
                    .expectNext("INTERRUPTED 20", "GAP 50", "DELETED web-1 50", "CREATED web-1 31", "CAUGHT_UP 50")
                    .thenCancel()
                    .verify(PATIENCE);
        }
    }

    @Nested
    class AnotherEtcd {

        private void isNoticedAtTheNextWatch(Object answer) {
            caughtUp()
                    .then(() -> {
                        first.answer(answer, page(15, key("web-1", 10, 10, 1), key("web-2", 11, 11, 1)));
                        watch().breaks(NO_LEADER);
                    })
                    .expectNext("INTERRUPTED 20", "GAP 15", "UPDATED web-2 11", "CAUGHT_UP 15")
                    .then(() -> assertThat(watch().request().getStartRevision()).isEqualTo(16))
                    .thenCancel()
                    .verify(PATIENCE);
        }

        private RangeResponse answers(ResponseHeader header) {
            return RangeResponse.newBuilder().setHeader(header).build();
        }

        @Test
        void isKnownByItsNumber() {
            isNoticedAtTheNextWatch(answers(header(8, 1000, 2)));
        }

        @Test
        void thatWasRestoredIsKnownByARevisionThatItHasNotReached() {
            isNoticedAtTheNextWatch(FUTURE);
        }

        @Test
        void thatWasRestoredIsKnownByItsTerm() {
            isNoticedAtTheNextWatch(answers(header(CLUSTER, 1000, 1)));
        }

        @Test
        void isKnownByTheNumberOnItsWatch() {
            caughtUp()
                    .then(() -> {
                        first.answer(page(50));
                        first.watch()
                                .sends(WATCHED.toBuilder()
                                        .setHeader(header(8, 1000, 2))
                                        .build());
                    })
                    .expectNext("INTERRUPTED 20", "GAP 50")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        /** A watch from a future revision waits in silence. */
        @Test
        void isCheckedForWhileTheWatchIsSilent() {
            fleet = follower(PATIENCE).checkEvery(Duration.ofMillis(50)).build();
            first.answer(page(20, key("web-1", 10, 10, 1)), still(20), still(19), page(19));
            verified()
                    .expectNext("SNAPSHOT n", "SNAPSHOT web-1 10", "CAUGHT_UP 20")
                    .then(FleetWatchTest.this::watch)
                    .expectNext("INTERRUPTED 20", "GAP 19", "DELETED web-1 19", "CAUGHT_UP 19")
                    .thenCancel()
                    .verify(PATIENCE);
            assertThat(ranges().get(1).getRevision()).isZero();
        }

        /** The answer to the check is older than the event, because the check was sent before it. */
        @Test
        void isNotSuspectedIfAnEventComesBeforeTheAnswerToTheCheck() {
            fleet = follower(PATIENCE).checkEvery(Duration.ofMillis(50)).build();
            OpenWatch[] open = new OpenWatch[1];
            first.answer(
                    page(20, key("web-1", 10, 10, 1)),
                    (Supplier<RangeResponse>) () -> {
                        open[0] = watch().sends(response(put("web-1", 10, 25, 2)));
                        return still(20);
                    },
                    (Supplier<RangeResponse>) () -> {
                        open[0].sends(response(put("web-1", 10, 30, 3)));
                        return still(25);
                    },
                    SILENCE);
            verified()
                    .expectNext("SNAPSHOT n", "SNAPSHOT web-1 10", "CAUGHT_UP 20")
                    .expectNext("UPDATED web-1 25", "UPDATED web-1 30")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void thatAnswersAmidASnapshotHasItBegunAnew() {
            first.answer(
                    page(20, key("web-1", 10, 10, 1)).toBuilder().setMore(true).build(),
                    answers(header(8, 5, 1)),
                    page(50, key("web-2", 40, 40, 1)));
            verified()
                    .expectNext("INTERRUPTED 0", "SNAPSHOT n", "SNAPSHOT web-2 40", "CAUGHT_UP 50")
                    .thenCancel()
                    .verify(PATIENCE);
        }
    }

    @Nested
    class ASnapshot {
        @Test
        void isOfOneRevisionOverSeveralPages() {
            first.answer(
                    page(20, key("web-1", 10, 10, 1)).toBuilder().setMore(true).build(),
                    page(25, key("web-2", 11, 11, 1)));
            verified()
                    .expectNext("SNAPSHOT n", "SNAPSHOT web-1 10", "SNAPSHOT web-2 11", "CAUGHT_UP 20")
                    .then(() -> assertThat(watch().request().getStartRevision()).isEqualTo(21))
                    .thenCancel()
                    .verify(PATIENCE);
            assertThat(ranges()).extracting(RangeRequest::getRevision).containsExactly(0L, 20L);
        }

        @Test
        void whoseRevisionIsCompactedAmidItBeginsAnew() {
            first.answer(
                    page(20, key("web-1", 10, 10, 1)).toBuilder().setMore(true).build(),
                    COMPACTED,
                    page(50, key("web-2", 40, 40, 1)));
            verified()
                    .expectNext("SNAPSHOT n", "SNAPSHOT web-2 40", "CAUGHT_UP 50")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @Test
        void isRetriedAtTheNextMemberAndTheInterruptionReported() {
            fleet = follower(PATIENCE, first, second).build();
            first.answer(NO_LEADER);
            second.answer(page(20));
            verified().expectNext("INTERRUPTED 0", "CAUGHT_UP 20").thenCancel().verify(PATIENCE);
        }
    }

    @Nested
    class ARefusal {
        @Test
        void ofTheSnapshotEndsAllStreamsAndTheNextSubscriptionBeginsAnew() {
            first.answer(DENIED, page(20));
            StepVerifier.create(fleet.changes())
                    .expectErrorMatches(failure -> failure instanceof UnreadableStatusException
                            && failure.getMessage().startsWith("cannot read etcd:/f: ")
                            && failure.getMessage().endsWith("etcdserver: permission denied"))
                    .verify(PATIENCE);
            assertThat(fleet.health().interruption()).endsWith("etcdserver: permission denied");
            verified().expectNext("CAUGHT_UP 20").thenCancel().verify(PATIENCE);
            assertThat(fleet.health().interruption()).isNull();
        }

        @Test
        void ofTheApplicationToNameThePasswordEndsAllStreams() {
            IllegalStateException thrown = new IllegalStateException("no password");
            fleet = follower(PATIENCE)
                    .credentials("fleet", () -> {
                        throw thrown;
                    })
                    .build();
            for (int i = 0; i < 2; i++) {
                StepVerifier.create(fleet.changes())
                        .expectErrorSatisfies(failure -> assertThat(failure)
                                .isInstanceOf(UnreadableStatusException.class)
                                .hasMessageContaining("the password was not supplied: ")
                                .hasMessageContaining("no password")
                                .hasRootCause(thrown))
                        .verify(PATIENCE);
            }
        }

        /** etcd gives the same answer if it does not know the token any more. */
        @Test
        void ofTheWatchIsForGoodWhenItComesTwice() {
            caughtUp()
                    .then(() -> {
                        first.answer(still(20));
                        first.watch().sends(cancelled("etcdserver: permission denied"));
                    })
                    .expectNext("INTERRUPTED 20")
                    .then(() -> first.watch().sends(cancelled("etcdserver: permission denied")))
                    .expectError(UnreadableStatusException.class)
                    .verify(PATIENCE);
        }

        @Test
        void ofAnOldTokenIsAnsweredWithANewOne() {
            fleet = follower(PATIENCE).credentials("fleet", () -> "secret").build();
            first.answer(
                    AuthenticateResponse.newBuilder().setToken("one").build(),
                    page(20),
                    OLD_TOKEN,
                    AuthenticateResponse.newBuilder().setToken("two").build(),
                    still(20));
            verified()
                    .expectNext("CAUGHT_UP 20")
                    .then(() -> first.watch().sends(cancelled("etcdserver: permission denied")))
                    .expectNext("INTERRUPTED 20")
                    .then(FleetWatchTest.this::watch)
                    .expectNext("RESUMED 20")
                    .thenCancel()
                    .verify(PATIENCE);
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void ofAnOldTokenByTheStreamItselfIsNoEnd(boolean twice) {
            fleet = follower(PATIENCE).credentials("fleet", () -> "secret").build();
            first.answer(
                    AuthenticateResponse.newBuilder().setToken("one").build(),
                    page(20),
                    AuthenticateResponse.newBuilder().setToken("two").build(),
                    still(20));
            Step<String> refused = verified()
                    .expectNext("CAUGHT_UP 20")
                    .then(() -> first.watch().breaks(OLD_TOKEN))
                    .expectNext("INTERRUPTED 20");
            if (twice) {
                refused.then(() -> first.watch().breaks(OLD_TOKEN))
                        .expectError(UnreadableStatusException.class)
                        .verify(PATIENCE);
            } else {
                refused.then(FleetWatchTest.this::watch)
                        .expectNext("RESUMED 20")
                        .thenCancel()
                        .verify(PATIENCE);
            }
        }
    }

    @Nested
    class AFence {
        private static final TxnResponse ANSWERED = TxnResponse.getDefaultInstance();

        private static KeyValue noteAt(long revision) {
            return KeyValue.newBuilder()
                    .setKey(bytes("/f/f/n"))
                    .setModRevision(revision)
                    .build();
        }

        /**
         * Each attempt is conditional on the absence of a later fencing, so the fencing takes effect once.
         */
        @Test
        void thatMayHaveHadItsEffectIsRepeatedOnTheSameCondition() {
            fleet = follower(PATIENCE, first, second).build();
            first.answer(page(20, noteAt(17)), io.grpc.Status.UNAVAILABLE.withDescription("io exception"));
            second.answer(ANSWERED);

            StepVerifier.create(fleet.fence("n")).expectComplete().verify(PATIENCE);

            TxnRequest tried = (TxnRequest) first.requests.toArray()[1];
            assertThat(second.requests).containsExactly(tried);
            assertThat(tried.getCompareList()).containsExactly(Txns.unchangedSince(bytes("/f/f/n"), 17));
            assertThat(tried.getSuccess(0)).isEqualTo(Txns.delete(bytes("/f/o/n")));
            assertThat(tried.getSuccess(1).getRequestPut().getKey()).isEqualTo(bytes("/f/f/n"));
            assertThat(tried.getFailureCount()).isZero();
        }

        @Test
        void thatIsNotAnsweredIsIndeterminate() {
            fleet = follower(Duration.ofMillis(100))
                    .fenceTimeout(Duration.ofMillis(300))
                    .build();
            first.answer(page(20), SILENCE, SILENCE, SILENCE, SILENCE, SILENCE);
            StepVerifier.create(fleet.fence("n"))
                    .expectErrorMatches(failure -> failure instanceof IndeterminateWriteException
                            && failure.getMessage().contains("the owner of etcd:/f/n may have been fenced: "))
                    .verify(PATIENCE);
        }

        @Test
        void thatIsRefusedChangesNothing() {
            first.answer(page(20), DENIED);
            StepVerifier.create(fleet.fence("n"))
                    .expectErrorMatches(failure -> failure instanceof NotWrittenException
                            && failure.getMessage().contains("the owner of etcd:/f/n was not fenced: "))
                    .verify(PATIENCE);
        }

        @Test
        void thatIsRefusedAfterItMayHaveHadItsEffectIsIndeterminate() {
            fleet = follower(PATIENCE, first, second).build();
            first.answer(page(20), io.grpc.Status.UNAVAILABLE.withDescription("io exception"));
            second.answer(DENIED);
            StepVerifier.create(fleet.fence("n"))
                    .expectErrorMatches(failure -> failure instanceof IndeterminateWriteException
                            && failure.getMessage().contains("the owner of etcd:/f/n may have been fenced: "))
                    .verify(PATIENCE);
        }

        @Test
        void failsWithTheClockAndHoldsUpNoClose() {
            fleet = follower(PATIENCE).clock(BROKEN.withZone(ZoneOffset.UTC)).build();
            StepVerifier.create(fleet.fence("n")).expectErrorMessage("no time").verify(PATIENCE);
            StepVerifier.create(fleet.close()).expectComplete().verify(PATIENCE);
        }

        @Test
        void thatIsCancelledGoesOnAndIsWaitedForByTheClose() {
            first.answer(page(20), ANSWERED);
            fleet.fence("n").subscribe().dispose();
            fleet.close().block(PATIENCE);
            assertThat(first.requests).hasSize(2);
        }
    }

    @Test
    void aClockThatThrowsStopsNoWatch() {
        fleet = follower(PATIENCE).clock(BROKEN.withZone(ZoneOffset.UTC)).build();
        caughtUp()
                .then(() -> {
                    first.answer(still(30));
                    watch().breaks(NO_LEADER);
                })
                .expectNext("INTERRUPTED 20")
                .then(() -> {
                    assertThat(fleet.health().interruption()).isNotNull();
                    assertThat(fleet.health().interruptedSince()).isNull();
                    watch();
                })
                .expectNext("RESUMED 20")
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void metricsRecordEverything() {
        List<String> recorded = new CopyOnWriteArrayList<>();
        fleet = follower(PATIENCE)
                .metrics(new FleetMetrics() {
                    @Override
                    public void recordSnapshot(int containers, Duration elapsed) {
                        recorded.add("snapshot " + containers + " " + !elapsed.isNegative());
                    }

                    @Override
                    public void recordEvents(int events) {
                        recorded.add("events " + events);
                    }

                    @Override
                    public void recordInterruption(String reason) {
                        recorded.add("interruption " + reason.contains("no leader"));
                    }

                    @Override
                    public void recordChange(FleetChange change, Duration delay) {
                        recorded.add(change.kind() + (delay == null ? "" : " " + !delay.isNegative()));
                    }

                    @Override
                    public void recordBadStatus(FleetChange change, StatusException failure) {
                        recorded.add("bad " + change.id());
                        throw new IllegalStateException("thrown by a recorder");
                    }

                    @Override
                    public void recordEnd(Throwable failure) {
                        recorded.add("end " + failure);
                    }
                })
                .build();
        Event bad = Event.newBuilder()
                .setKv(key("web-3", 25, 25, 1).toBuilder().setValue(bytes("{")))
                .build();
        caughtUp()
                .then(() -> {
                    OpenWatch watch = watch().sends(response(put("web-1", 10, 25, 2), bad));
                    first.answer(still(30));
                    watch.breaks(NO_LEADER);
                })
                .expectNext("UPDATED web-1 25", "CREATED web-3 25", "INTERRUPTED 25")
                .then(this::watch)
                .expectNext("RESUMED 25")
                .thenCancel()
                .verify(PATIENCE);

        assertThat(recorded)
                .containsExactly(
                        "snapshot 2 true",
                        "SNAPSHOT",
                        "SNAPSHOT",
                        "events 2",
                        "UPDATED true",
                        "CREATED true",
                        "bad web-3",
                        "interruption true",
                        "end null");
    }
}
