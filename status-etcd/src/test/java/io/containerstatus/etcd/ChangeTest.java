package io.containerstatus.etcd;

import static io.containerstatus.etcd.ScriptedEtcd.SILENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.OwnershipLostException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.etcd.wire.Wire.Compare;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.PutRequest;
import io.containerstatus.etcd.wire.Wire.RangeRequest;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.ResponseHeader;
import io.containerstatus.etcd.wire.Wire.ResponseOp;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.grpc.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Tests the requests that a change sends after each answer, and the signals that its caller receives. The
 * fence is 10 at first, the lease is 7.
 */
class ChangeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LEASE = 7;
    private static final ByteString VALUE = document(1);
    private static final io.grpc.Status LOST_LEADER =
            io.grpc.Status.UNAVAILABLE.withDescription("etcdserver: request timed out");
    private static final io.grpc.Status NO_LEADER = io.grpc.Status.UNAVAILABLE.withDescription("etcdserver: no leader");
    private static final io.grpc.Status NO_SPACE =
            io.grpc.Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded");
    private static final io.grpc.Status TOO_LARGE =
            io.grpc.Status.INVALID_ARGUMENT.withDescription("etcdserver: request is too large");

    private static final String GONE_BACK = "etcd has gone back to an earlier state";

    private final ScriptedEtcd etcd = new ScriptedEtcd();
    private EtcdClient client = new EtcdClient(() -> ScriptedEtcd.to(etcd), null, PATIENCE);
    private final Keys keys = new Keys("/status", "node7");
    private final Ownership ownership = new Ownership(
            client, keys.owner(), ByteString.copyFromUtf8("{}"), LEASE, Duration.ofSeconds(5), /* fence= */ 10);
    private final KnownKey key = new KnownKey();

    private static ByteString document(long pid) {
        return ByteString.copyFrom(StatusCodec.encode(
                Status.builder().createdAt(Instant.EPOCH.plusNanos(1)).pid(pid).build()));
    }

    ChangeTest() {
        key.found(stored(3, document(0)));
        key.reported = key.revision;
    }

    @AfterEach
    void close() {
        client.close().block(PATIENCE);
        etcd.close();
    }

    @Test
    void oneTransactionThatSucceedsIsAll() {
        etcd.answer(succeeded(11));

        assertThat(failure(write())).isNull();
        assertThat(requests()).containsExactly("put at fence 10, revision 3");
        assertThat(key.revision).isEqualTo(11);
    }

    @Test
    void theNextOneAsksForTheRevisionOfTheOneBefore() {
        etcd.answer(succeeded(11), succeeded(12));
        failure(write());
        failure(write());

        assertThat(requests()).containsExactly("put at fence 10, revision 3", "put at fence 10, revision 11");
    }

    @Test
    void whatHadNoEffectIsSentAgain() {
        etcd.answer(NO_LEADER, succeeded(11));

        assertThat(failure(write())).isNull();
        assertThat(requests()).containsExactly("put at fence 10, revision 3", "put at fence 10, revision 3");
    }

    @Test
    void aRefusalIsTheEnd() {
        etcd.answer(TOO_LARGE);

        assertThat(failure(write()))
                .isExactlyInstanceOf(NotWrittenException.class)
                .hasMessageContaining("request is too large");
    }

    @Test
    void whatHasNoEffectForTooLongIsNotWritten() {
        etcd.close();

        assertThat(failure(write(Duration.ofMillis(100)))).isExactlyInstanceOf(NotWrittenException.class);
    }

    @Test
    void withoutAPasswordNothingIsWritten() {
        client.close().block(PATIENCE);
        EtcdCredentials credentials = new EtcdCredentials("me", () -> {
            throw new IllegalStateException("no password");
        });
        client = new EtcdClient(() -> ScriptedEtcd.to(etcd), credentials, PATIENCE);

        assertThat(failure(write()))
                .isExactlyInstanceOf(NotWrittenException.class)
                .hasMessageContaining("the password was not supplied: ")
                .hasMessageContaining("no password")
                .hasMessageNotContaining("refuses");
        assertThat(etcd.requests).isEmpty();
    }

    @Nested
    class OpenEffect {
        @Test
        void isSettledByTheFenceAndThenByReading() {
            etcd.answer(LOST_LEADER, succeeded(20), read(stored(11, VALUE)));

            assertThat(failure(write())).isNull();
            assertThat(requests()).containsExactly("put at fence 10, revision 3", "raise 10 with lease 7", "read");
            assertThat(key.revision).isEqualTo(11);
        }

        @Test
        void thatCameToNothingIsTriedAgainAboveTheFence() {
            etcd.answer(LOST_LEADER, succeeded(20), read(stored(3, document(0))), succeeded(21));

            assertThat(failure(write())).isNull();
            assertThat(requests())
                    .containsExactly(
                            "put at fence 10, revision 3",
                            "raise 10 with lease 7",
                            "read",
                            "put at fence 20, revision 3");
        }

        @Test
        void ofADeletionIsSettledLikewise() {
            etcd.answer(LOST_LEADER, succeeded(20), read(null));

            assertThat(failure(delete())).isNull();
            assertThat(requests()).containsExactly("delete at fence 10, revision 3", "raise 10 with lease 7", "read");
            assertThat(key.revision).isZero();
        }

        @Test
        void ofADeletionStaysUnknownIfTheNextOwnerMayHaveDeletedTheKey() {
            etcd.answer(LOST_LEADER, refused(owner(15, LEASE + 1)), read(null));

            assertThat(failure(delete()))
                    .isInstanceOf(IndeterminateWriteException.class)
                    .hasCauseInstanceOf(OwnershipLostException.class);
        }

        @Test
        void isNotReadAsLongAsTheFenceIsNotKnownToBeRaised() {
            etcd.answer(LOST_LEADER, LOST_LEADER, LOST_LEADER, succeeded(20), read(stored(11, VALUE)));

            assertThat(failure(write())).isNull();
            assertThat(requests())
                    .containsExactly(
                            "put at fence 10, revision 3",
                            "raise 10 with lease 7",
                            "raise 10 with lease 7",
                            "raise 10 with lease 7",
                            "read");
        }

        @Test
        void isSettledByARaiseWhoseAnswerWasLost() {
            etcd.answer(
                    LOST_LEADER, LOST_LEADER, refused(owner(15, LEASE)), read(stored(3, document(0))), succeeded(21));

            assertThat(failure(write())).isNull();
            assertThat(requests()).last().isEqualTo("put at fence 15, revision 3");
        }

        @Test
        void isReportedAfterItsTimeAndSettledByTheNextChange() {
            etcd.answer(LOST_LEADER, SILENCE, SILENCE, SILENCE, SILENCE, SILENCE);
            assertThat(failure(write(Duration.ofMillis(300)))).isInstanceOf(IndeterminateWriteException.class);
            etcd.forgetTheRest();
            etcd.answer(succeeded(20), read(stored(11, VALUE)), succeeded(21));

            assertThat(failure(write())).isNull();
            assertThat(requests()).endsWith("raise 10 with lease 7", "read", "put at fence 20, revision 11");
        }

        @Test
        void ofAChangeThatHadItKeepsTheNextFailuresIndeterminate() {
            etcd.answer(LOST_LEADER, TOO_LARGE); // The fence cannot be raised.
            assertThat(failure(write())).isInstanceOf(IndeterminateWriteException.class);
            etcd.answer(succeeded(20), read(stored(11, VALUE)), TOO_LARGE, TOO_LARGE);

            assertThat(failure(write())).isInstanceOf(IndeterminateWriteException.class);
            assertThat(failure(write())).isInstanceOf(IndeterminateWriteException.class);
        }

        @Test
        void ofAChangeThatHadNoneMakesTheNextFailureCertain() {
            etcd.answer(LOST_LEADER, TOO_LARGE);
            assertThat(failure(write())).isInstanceOf(IndeterminateWriteException.class);
            etcd.answer(succeeded(20), read(stored(3, document(0))), TOO_LARGE);

            assertThat(failure(write())).isExactlyInstanceOf(NotWrittenException.class);
        }

        @Test
        void isNotTakenForOursIfTheKeyHoldsSomethingElse() {
            etcd.answer(LOST_LEADER, succeeded(20), read(stored(11, document(99))));

            assertThat(failure(write()))
                    .isInstanceOf(IndeterminateWriteException.class)
                    .hasMessageContaining("a program that is not the owner");
        }

        /** The raise in progress is conditional on an earlier fence, so it does not raise this one. */
        @Test
        void atAFenceThatIsNewerThanTheRaiseInProgressNeedsAnotherRaise() {
            Deadline until = Deadline.after(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            Sinks.Empty<Void> second = Sinks.empty();
            etcd.answer(
                    (Supplier<TxnResponse>) () -> {
                        ownership.observe(owner(15, LEASE));
                        ownership
                                .raiseAbove(15, until)
                                .subscribe(none -> {}, second::tryEmitError, second::tryEmitEmpty);
                        return refused(owner(15, LEASE));
                    },
                    succeeded(20));

            ownership.raiseAbove(10, until).subscribeOn(client.worker()).block(PATIENCE);
            second.asMono().block(PATIENCE);

            assertThat(requests()).containsExactly("raise 10 with lease 7", "raise 15 with lease 7");
            assertThat(ownership.fence()).isEqualTo(20);
        }

        @Test
        void needsNoRaisingOnceTheFenceIsHigherAnyway() {
            etcd.answer(LOST_LEADER, succeeded(20), read(stored(11, VALUE)));
            failure(write());
            key.openSince = 10;
            etcd.answer(read(stored(11, VALUE)), succeeded(21));
            failure(write());

            assertThat(requests()).endsWith("read", "put at fence 20, revision 11");
        }
    }

    @Nested
    class NoSpace {
        @Test
        void isReadAndNotWritten() {
            etcd.answer(NO_SPACE, read(stored(3, document(0))));

            assertThat(failure(write())).isExactlyInstanceOf(NotWrittenException.class);
            assertThat(requests()).containsExactly("put at fence 10, revision 3", "read");
        }

        @Test
        void isASuccessIfItWasCarriedOutAllTheSame() {
            etcd.answer(NO_SPACE, read(stored(11, VALUE)));

            assertThat(failure(write())).isNull();
        }
    }

    @Nested
    class Refused {
        @Test
        void byAFenceThatWasRaisedMeanwhileIsSentAgain() {
            etcd.answer(refused(stored(3, document(0)), owner(12, LEASE)), succeeded(13));

            assertThat(failure(write())).isNull();
            assertThat(requests()).containsExactly("put at fence 10, revision 3", "put at fence 12, revision 3");
        }

        @ParameterizedTest
        @ValueSource(longs = {9, 10})
        void byAnEtcdThatHasGoneBackIsALostOwnership(long fence) {
            etcd.answer(refused(stored(3, document(0)), owner(fence, LEASE)), succeeded(13));

            assertThat(failure(write()))
                    .isInstanceOf(OwnershipLostException.class)
                    .hasMessageContaining(GONE_BACK);
            assertThat(failure(write())).isInstanceOf(OwnershipLostException.class);
            assertThat(requests()).hasSize(1);
        }

        @Test
        void byAnEtcdThatHasGoneBackFurtherThanTheStatusIsALostOwnership() {
            etcd.answer(refused(stored(2, document(99)), owner(1, LEASE)), succeeded(13));

            assertThat(failure(write()))
                    .isInstanceOf(OwnershipLostException.class)
                    .hasMessageContaining(GONE_BACK);
            assertThat(requests()).hasSize(1);
        }

        @Test
        void byAStatusThatIsOlderThanTheKnownOneIsALostOwnership() {
            etcd.answer(refused(stored(2, document(99)), owner(10, LEASE)), succeeded(13));

            assertThat(failure(write()))
                    .isInstanceOf(OwnershipLostException.class)
                    .hasMessageContaining(GONE_BACK);
            assertThat(requests()).hasSize(1);
        }

        @Test
        void afterAnOpenEffectByAStatusThatIsOlderThanTheKnownOneIsIndeterminate() {
            etcd.answer(LOST_LEADER, succeeded(11), read(stored(2, document(99))), succeeded(13));

            assertThat(failure(write()))
                    .isInstanceOf(IndeterminateWriteException.class)
                    .hasCauseInstanceOf(OwnershipLostException.class);
            assertThat(requests()).hasSize(3);
        }

        /** What is stored there does not show what was stored before. */
        @ParameterizedTest
        @MethodSource("io.containerstatus.etcd.ChangeTest#statusesOfAnEarlierState")
        void afterAnOpenEffectByAnEtcdThatHasGoneBackIsIndeterminate(KeyValue earlier) {
            etcd.answer(LOST_LEADER, refused(owner(9, LEASE)), read(earlier), read(earlier), succeeded(13));

            for (int i = 0; i < 2; i++) {
                assertThat(failure(write()))
                        .isInstanceOf(IndeterminateWriteException.class)
                        .hasCauseInstanceOf(OwnershipLostException.class)
                        .cause()
                        .hasMessageContaining(GONE_BACK);
            }
            assertThat(requests()).containsExactly("put at fence 10, revision 3", "raise 10 with lease 7");
        }

        @ParameterizedTest
        @EnumSource(NewOwner.class)
        void byAnotherOwnerIsALostOwnership(NewOwner next) {
            etcd.answer(refused(stored(3, document(0)), next.key));

            assertThat(failure(write()))
                    .isInstanceOfSatisfying(OwnershipLostException.class, e -> assertThat(e.location())
                            .isEqualTo("etcd:/status/node7"));
            assertThat(failure(write())).isInstanceOf(OwnershipLostException.class);
            assertThat(requests()).hasSize(1);
        }

        @ParameterizedTest
        @EnumSource(NewOwner.class)
        void afterAnOpenEffectThatCameToNothingItIsALostOwnership(NewOwner next) {
            etcd.answer(LOST_LEADER, refused(next.key), read(stored(3, document(0))));

            assertThat(failure(write())).isInstanceOf(OwnershipLostException.class);
        }

        @ParameterizedTest
        @EnumSource(NewOwner.class)
        void afterAnOpenEffectThatCameTrueItIsASuccess(NewOwner next) {
            etcd.answer(LOST_LEADER, refused(next.key), read(stored(11, VALUE)));

            assertThat(failure(write())).isNull();
            assertThat(failure(write())).isInstanceOf(OwnershipLostException.class);
        }

        @ParameterizedTest
        @EnumSource(NewOwner.class)
        void afterAnOpenEffectThatTheNextOwnerMayHaveReplacedItIsIndeterminate(NewOwner next) {
            etcd.answer(LOST_LEADER, refused(next.key), read(stored(30, document(99))));

            assertThat(failure(write()))
                    .isInstanceOf(IndeterminateWriteException.class)
                    .hasCauseInstanceOf(OwnershipLostException.class);
        }
    }

    static Stream<KeyValue> statusesOfAnEarlierState() {
        return Stream.of(null, stored(2, document(99)), stored(3, document(0)), stored(8, VALUE));
    }

    enum NewOwner {
        NONE(null),
        WITH_ANOTHER_LEASE(owner(12, LEASE + 1)),
        WITHOUT_A_LEASE(owner(12, 0));

        private final KeyValue key;

        NewOwner(KeyValue key) {
            this.key = key;
        }
    }

    private Mono<Void> write() {
        return write(PATIENCE);
    }

    private Mono<Void> write(Duration within) {
        return change(VALUE, within);
    }

    private Mono<Void> delete() {
        return change(null, PATIENCE);
    }

    private Mono<Void> change(ByteString value, Duration within) {
        return Mono.defer(() -> new Change(
                                client,
                                ownership,
                                keys,
                                "web-1",
                                key,
                                value,
                                /* creates= */ false,
                                "now",
                                Deadline.after(within.toMillis(), TimeUnit.MILLISECONDS))
                        .run())
                .subscribeOn(client.worker());
    }

    private static Throwable failure(Mono<Void> change) {
        return change.then(Mono.<Throwable>empty()).onErrorResume(Mono::just).block(PATIENCE);
    }

    // ---- Answers

    private static KeyValue stored(long revision, ByteString value) {
        return KeyValue.newBuilder().setModRevision(revision).setValue(value).build();
    }

    private static KeyValue owner(long revision, long lease) {
        return KeyValue.newBuilder().setModRevision(revision).setLease(lease).build();
    }

    private static TxnResponse succeeded(long revision) {
        return TxnResponse.newBuilder()
                .setSucceeded(true)
                .setHeader(ResponseHeader.newBuilder().setRevision(revision))
                .build();
    }

    private static TxnResponse refused(KeyValue... present) {
        TxnResponse.Builder response = TxnResponse.newBuilder();
        for (KeyValue one : present) {
            response.addResponses(ResponseOp.newBuilder().setResponseRange(read(one)));
        }
        return response.build();
    }

    private static TxnResponse refused(KeyValue owner) {
        return refused(new KeyValue[] {owner});
    }

    private static RangeResponse read(KeyValue present) {
        RangeResponse.Builder response = RangeResponse.newBuilder();
        if (present != null) {
            response.addKvs(present);
        }
        return response.build();
    }

    // ---- Requests as text

    private List<String> requests() {
        List<String> texts = new ArrayList<>();
        for (Message request : etcd.requests) {
            texts.add(request instanceof TxnRequest txn ? text(txn) : text((RangeRequest) request));
        }
        return texts;
    }

    private String text(TxnRequest txn) {
        Compare fence = txn.getCompare(0);
        assertThat(fence.getKey()).isEqualTo(keys.owner());
        if (txn.getCompareCount() == 1) {
            PutRequest put = txn.getSuccess(0).getRequestPut();
            assertThat(put.getKey()).isEqualTo(keys.owner());
            return "raise " + fence.getModRevision() + " with lease " + put.getLease();
        }
        Compare guard = txn.getCompare(1);
        assertThat(guard.getKey()).isEqualTo(keys.status("web-1"));
        String what = txn.getSuccess(0).hasRequestPut() ? "put" : "delete";
        return what + " at fence " + fence.getModRevision() + ", revision " + guard.getModRevision();
    }

    private String text(RangeRequest range) {
        assertThat(range.getKey()).isEqualTo(keys.status("web-1"));
        assertThat(range.getSerializable()).isFalse();
        return "read";
    }
}
