package io.containerstatus.etcd;

import static io.containerstatus.etcd.ScriptedEtcd.SILENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.containerstatus.etcd.wire.KVGrpc;
import io.containerstatus.etcd.wire.LeaseGrpc;
import io.containerstatus.etcd.wire.Wire.AuthenticateRequest;
import io.containerstatus.etcd.wire.Wire.AuthenticateResponse;
import io.containerstatus.etcd.wire.Wire.LeaseKeepAliveRequest;
import io.containerstatus.etcd.wire.Wire.LeaseKeepAliveResponse;
import io.containerstatus.etcd.wire.Wire.RangeRequest;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class EtcdClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final TxnResponse DONE =
            TxnResponse.newBuilder().setSucceeded(true).build();
    private static final RangeResponse NOTHING = RangeResponse.getDefaultInstance();
    private static final Status NO_LEADER = Status.UNAVAILABLE.withDescription("etcdserver: no leader");
    private static final Status DENIED = Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied");
    private static final Status OLD_TOKEN = Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token");

    private final ScriptedEtcd first = new ScriptedEtcd();
    private final ScriptedEtcd second = new ScriptedEtcd();
    private EtcdClient client = client(null, first, second);

    private static EtcdClient client(EtcdCredentials credentials, ScriptedEtcd... members) {
        return new EtcdClient(() -> ScriptedEtcd.to(members), credentials, PATIENCE);
    }

    @AfterEach
    void close() {
        client.close().block(PATIENCE);
        first.close();
        second.close();
    }

    /** The failures with which etcd 3.4 and 3.5, or gRPC for them, answer. */
    static Stream<Arguments> statuses() {
        return Stream.of(
                // Certain: the call has no effect.
                row(Code.UNAVAILABLE, "etcdserver: no leader", Effect.NONE, Remedy.NEXT_ENDPOINT),
                row(Code.RESOURCE_EXHAUSTED, "etcdserver: too many requests", Effect.NONE, Remedy.WAIT),
                row(Code.INVALID_ARGUMENT, "etcdserver: request is too large", Effect.NONE, Remedy.NONE),
                row(
                        Code.RESOURCE_EXHAUSTED,
                        "grpc: received message larger than max (3000000 vs. 2097152)",
                        Effect.NONE,
                        Remedy.NONE),
                row(Code.INVALID_ARGUMENT, "etcdserver: too many operations in txn request", Effect.NONE, Remedy.NONE),
                row(Code.INVALID_ARGUMENT, "etcdserver: duplicate key given in txn request", Effect.NONE, Remedy.NONE),
                row(Code.UNAUTHENTICATED, "etcdserver: invalid auth token", Effect.NONE, Remedy.AUTHENTICATE),
                row(Code.INVALID_ARGUMENT, "etcdserver: user name is empty", Effect.NONE, Remedy.AUTHENTICATE),
                row(
                        Code.INVALID_ARGUMENT,
                        "etcdserver: revision of auth store is old",
                        Effect.NONE,
                        Remedy.AUTHENTICATE),
                row(Code.PERMISSION_DENIED, "etcdserver: permission denied", Effect.NONE, Remedy.NONE),
                row(Code.NOT_FOUND, "etcdserver: requested lease not found", Effect.NONE, Remedy.NONE),
                row(
                        Code.OUT_OF_RANGE,
                        "etcdserver: mvcc: required revision has been compacted",
                        Effect.NONE,
                        Remedy.NONE),
                // Decided: the call has had an effect or not.
                row(Code.RESOURCE_EXHAUSTED, "etcdserver: mvcc: database space exceeded", Effect.DECIDED, Remedy.NONE),
                // Open: the call may still have an effect.
                row(Code.UNAVAILABLE, "etcdserver: request timed out", Effect.OPEN, Remedy.NEXT_ENDPOINT),
                row(
                        Code.UNAVAILABLE,
                        "etcdserver: request timed out, possibly due to previous leader failure",
                        Effect.OPEN,
                        Remedy.NEXT_ENDPOINT),
                row(
                        Code.UNAVAILABLE,
                        "etcdserver: request timed out, possibly due to connection lost",
                        Effect.OPEN,
                        Remedy.NEXT_ENDPOINT),
                row(Code.UNAVAILABLE, "etcdserver: leader changed", Effect.OPEN, Remedy.NEXT_ENDPOINT),
                row(Code.UNAVAILABLE, "etcdserver: server stopped", Effect.OPEN, Remedy.NEXT_ENDPOINT),
                row(Code.UNAVAILABLE, "io exception", Effect.OPEN, Remedy.NEXT_ENDPOINT),
                row(Code.UNAVAILABLE, "Network closed for unknown reason", Effect.OPEN, Remedy.NEXT_ENDPOINT),
                row(Code.UNAVAILABLE, null, Effect.OPEN, Remedy.NEXT_ENDPOINT),
                row(Code.DEADLINE_EXCEEDED, "context deadline exceeded", Effect.OPEN, Remedy.NEXT_ENDPOINT),
                row(Code.UNKNOWN, "context deadline exceeded", Effect.OPEN, Remedy.NEXT_ENDPOINT),
                row(Code.CANCELLED, "context canceled", Effect.OPEN, Remedy.NEXT_ENDPOINT),
                row(Code.INTERNAL, "anything", Effect.OPEN, Remedy.NEXT_ENDPOINT),
                row(Code.DATA_LOSS, "etcdserver: corrupt", Effect.OPEN, Remedy.NEXT_ENDPOINT),
                // The client's own limit for an answer.
                row(
                        Code.RESOURCE_EXHAUSTED,
                        "gRPC message exceeds maximum size 4194304: 5000000",
                        Effect.OPEN,
                        Remedy.NEXT_ENDPOINT),
                // The text of a failure without an effect, with a code that never has this text.
                row(Code.UNKNOWN, "etcdserver: no leader", Effect.OPEN, Remedy.NEXT_ENDPOINT));
    }

    private static Arguments row(Code code, String text, Effect effect, Remedy remedy) {
        return Arguments.of(code.toStatus().withDescription(text), effect, remedy);
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void aStatusDeterminesTheEffectAndTheRemedy(Status status, Effect effect, Remedy remedy) {
        first.answer(status);

        EtcdCallException failure = failed(txn());

        assertThat(failure.effect()).isEqualTo(effect);
        assertThat(failure.remedy()).isEqualTo(remedy);
        assertThat(failure.code()).isEqualTo(status.getCode());
        assertThat(failure).hasMessageContaining(first.name).hasMessageContaining("etcdserverpb.KV/Txn");
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void aTransactionIsMadeOnce(Status status) {
        first.answer(status);
        failed(txn());

        assertThat(first.requests).hasSize(1);
        assertThat(second.requests).isEmpty();
    }

    @Test
    void withoutAConnectionNothingHasAnEffect() {
        first.close();

        assertThat(failed(txn()).effect()).isEqualTo(Effect.NONE);
    }

    @Test
    void silenceUntilTheDeadlineLeavesTheEffectOpen() {
        first.answer(SILENCE);

        EtcdCallException failure = failed(txn(SHORT));

        assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(failure.effect()).isEqualTo(Effect.OPEN);
    }

    @Test
    void oneMemberIsUsedUntilItFails() {
        first.answer(DONE, DONE, NO_LEADER);
        second.answer(DONE, DONE);

        done(txn());
        done(txn());
        failed(txn());
        done(txn());
        done(txn());
        assertThat(first.requests).hasSize(3);
        assertThat(second.requests).hasSize(2);
    }

    @Test
    void aRefusalThatEveryMemberWouldGiveKeepsTheMember() {
        first.answer(Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied"), DONE);

        failed(txn());
        done(txn());
        assertThat(second.requests).isEmpty();
    }

    @Test
    void callsThatFailTogetherLeaveTheMemberOnce() {
        client.close().block(PATIENCE);
        try (ScriptedEtcd third = new ScriptedEtcd()) {
            client = client(null, first, second, third);
            first.answer(SILENCE, SILENCE);
            second.answer(DONE);
            List<Throwable> failures = Flux.merge(failure(txn(SHORT)), failure(txn(SHORT)))
                    .collectList()
                    .block(PATIENCE);

            assertThat(failures).hasSize(2);
            done(txn());
            assertThat(second.requests).hasSize(1);
        }
    }

    @Test
    void whatMayBeRepeatedIsRepeatedAtTheNextMember() {
        first.answer(Status.UNAVAILABLE);
        second.answer(NOTHING);

        StepVerifier.create(range(PATIENCE))
                .expectNext(NOTHING)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void whatMayBeRepeatedIsRepeatedAgainAndAgain() {
        first.answer(NO_LEADER, NO_LEADER, NO_LEADER, NOTHING);
        second.answer(NO_LEADER, NO_LEADER, NO_LEADER);

        StepVerifier.create(range(PATIENCE))
                .expectNext(NOTHING)
                .expectComplete()
                .verify(PATIENCE);
        assertThat(second.requests).hasSize(3);
    }

    @Test
    void repeatingEndsWithItsTime() {
        first.close();
        second.close();

        StepVerifier.create(range(Duration.ofMillis(200)))
                .expectError(EtcdCallException.class)
                .verify(PATIENCE);
    }

    @Test
    void aRefusalIsNotRepeated() {
        first.answer(Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied"));

        StepVerifier.create(range(PATIENCE))
                .expectError(EtcdCallException.class)
                .verify(PATIENCE);
        assertThat(first.requests).hasSize(1);
    }

    @Test
    void aRefusalAfterAnAttemptThatMayHaveHadAnEffectLeavesTheEffectOpen() {
        first.answer(Status.UNAVAILABLE.withDescription("io exception"), DENIED);
        second.answer(NO_LEADER);

        EtcdCallException failure = failed(range(PATIENCE));

        assertThat(failure.effect()).isEqualTo(Effect.OPEN);
        assertThat(failure.mayPass()).isFalse();
        assertThat(failure.code()).isEqualTo(Code.PERMISSION_DENIED);
        assertThat(failure.leavesReading()).isTrue();
    }

    @Test
    void aLackOfSpaceAfterAnAttemptThatMayHaveHadAnEffectLeavesReading() {
        first.answer(Status.UNAVAILABLE.withDescription("io exception"));
        second.answer(Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded"));

        EtcdCallException failure = failed(range(PATIENCE));

        assertThat(failure.effect()).isEqualTo(Effect.OPEN);
        assertThat(failure.leavesReading()).isTrue();
        assertThat(failure.isAnswerTooLarge()).isFalse();
    }

    /** After so many failures, the pause is at least half a second. */
    @Test
    void aPauseEndsWithTheDeadlineOfTheCall() {
        for (int i = 0; i < 10; i++) {
            first.answer(NO_LEADER);
            second.answer(NO_LEADER);
        }
        Mono<Object> later = Mono.delay(Duration.ofMillis(250), client.worker()).cast(Object.class);

        // All on the client's worker, so that the pause is not over when the last call is made.
        Object earlier = Flux.range(0, 12)
                .concatMap(i -> failure(txn()))
                .then(Mono.defer(() -> failure(txn(Duration.ofMillis(10)))
                        .cast(Object.class)
                        .mergeWith(later)
                        .next()))
                .subscribeOn(client.worker())
                .block(PATIENCE);

        assertThat(earlier).isInstanceOfSatisfying(EtcdCallException.class, failure -> {
            assertThat(failure.effect()).isEqualTo(Effect.NONE);
            assertThat(failure.mayPass()).isTrue();
            assertThat(failure.isAnswer()).isFalse();
        });
        assertThat(first.requests.size() + second.requests.size()).isEqualTo(12);
    }

    @Test
    void everyCallAsksForALeaderAndHasADeadline() {
        first.answer(DONE);
        done(txn());

        Metadata headers = first.headers.remove();
        assertThat(headers.get(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER)))
                .isEqualTo("true");
        assertThat(headers.get(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER)))
                .isNull();
    }

    @Test
    void oneKeepAliveIsOneCall() {
        LeaseKeepAliveResponse alive =
                LeaseKeepAliveResponse.newBuilder().setTTL(5).build();
        first.answer(alive);

        StepVerifier.create(on(client.call(
                        LeaseGrpc.getLeaseKeepAliveMethod(), LeaseKeepAliveRequest.getDefaultInstance(), soon())))
                .expectNext(alive)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void aTokenIsAskedForOnceAndSentWithEachCall() {
        authenticated();
        first.answer(token("one"), DONE, DONE);
        done(txn());
        done(txn());

        assertThat(kinds()).containsExactly("AuthenticateRequest", "TxnRequest", "TxnRequest");
        assertThat(first.requests.peek())
                .isEqualTo(AuthenticateRequest.newBuilder()
                        .setName("me")
                        .setPassword("secret")
                        .build());
        assertThat(tokens()).containsExactly("none", "one", "one");
    }

    @Test
    void anOldTokenIsRenewedAndTheCallMadeAgain() {
        authenticated();
        first.answer(token("one"), OLD_TOKEN, token("two"), DONE);
        done(txn());

        assertThat(tokens()).containsExactly("none", "one", "none", "two");
    }

    @Test
    void aTokenThatIsRefusedTwiceFailsTheCall() {
        authenticated();
        first.answer(token("one"), OLD_TOKEN, token("two"), OLD_TOKEN);

        EtcdCallException failure = failed(txn());
        assertThat(failure.effect()).isEqualTo(Effect.NONE);
        assertThat(failure.mayPass()).isFalse();
    }

    @Test
    void aTokenThatOneMemberCannotGiveIsAskedForAtTheNextOne() {
        client.close().block(PATIENCE);
        try (ScriptedEtcd third = new ScriptedEtcd()) {
            client = client(new EtcdCredentials("me", () -> "secret"), first, second, third);
            first.answer(NO_LEADER);
            second.answer(token("one"), NOTHING);

            assertThat(range(PATIENCE).block(PATIENCE)).isEqualTo(NOTHING);
        }
    }

    @Test
    void aCallWhoseTokenCannotBeHadHasNoEffect() {
        authenticated();
        first.answer(Status.UNAVAILABLE);

        EtcdCallException failure = failed(txn());
        assertThat(failure.effect()).isEqualTo(Effect.NONE);
        assertThat(failure.mayPass()).isTrue();
    }

    @Test
    void aPasswordWhoseSupplierThrowsFailsTheCallWhichIsNotMade() {
        client.close().block(PATIENCE);
        NoClassDefFoundError thrown = new NoClassDefFoundError("no password");
        client = client(
                new EtcdCredentials("me", () -> {
                    throw thrown;
                }),
                first);

        EtcdCallException failure = failed(txn());
        assertThat(failure)
                .hasMessageStartingWith("the password was not supplied: ")
                .hasRootCause(thrown);
        assertThat(failure.effect()).isEqualTo(Effect.NONE);
        assertThat(failure.mayPass()).isFalse();
        assertThat(failure.isAnswer()).isFalse();
        assertThat(first.requests).isEmpty();
    }

    @Test
    void aPasswordThatComesLateDelaysNothingElseAndIsTakenByTheNextCall() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch known = new CountDownLatch(1);
        AtomicInteger times = new AtomicInteger();
        client.close().block(PATIENCE);
        client = new EtcdClient(
                () -> ScriptedEtcd.to(first),
                new EtcdCredentials("me", () -> {
                    times.incrementAndGet();
                    asked.countDown();
                    awaitUninterruptibly(known);
                    return "secret";
                }),
                Duration.ofSeconds(1));
        EtcdCallException failure = failed(txn());
        asked.await();
        assertThat(failure).hasMessageContaining("password");
        assertThat(failure.effect()).isEqualTo(Effect.NONE);
        assertThat(failure.mayPass()).isTrue();
        assertThat(failure.isAnswer()).isFalse();
        StepVerifier.create(on(Mono.just("done")))
                .expectNext("done")
                .expectComplete()
                .verify(PATIENCE);

        known.countDown();
        first.answer(token("one"), DONE);
        done(txn());
        assertThat(times).hasValue(1);
        assertThat(tokens()).containsExactly("none", "one");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void authenticated() {
        client.close().block(PATIENCE);
        client = client(new EtcdCredentials("me", () -> "secret"), first);
    }

    private static AuthenticateResponse token(String token) {
        return AuthenticateResponse.newBuilder().setToken(token).build();
    }

    private List<String> kinds() {
        return first.requests.stream()
                .map(Message::getDescriptorForType)
                .map(type -> type.getName())
                .toList();
    }

    private List<String> tokens() {
        Metadata.Key<String> token = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
        return first.headers.stream()
                .map(headers -> headers.containsKey(token) ? headers.get(token) : "none")
                .toList();
    }

    private static Deadline soon() {
        return Deadline.after(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private <T> Mono<T> on(Mono<T> call) {
        return call.subscribeOn(client.worker());
    }

    private Mono<TxnResponse> txn() {
        return txn(PATIENCE);
    }

    private Mono<TxnResponse> txn(Duration within) {
        Deadline until = Deadline.after(within.toMillis(), TimeUnit.MILLISECONDS);
        return on(client.call(KVGrpc.getTxnMethod(), TxnRequest.getDefaultInstance(), until));
    }

    private Mono<RangeResponse> range(Duration within) {
        Deadline until = Deadline.after(within.toMillis(), TimeUnit.MILLISECONDS);
        return on(client.repeatedCall(KVGrpc.getRangeMethod(), RangeRequest.getDefaultInstance(), until));
    }

    private static void done(Mono<TxnResponse> call) {
        StepVerifier.create(call).expectNext(DONE).expectComplete().verify(PATIENCE);
    }

    private static Mono<Throwable> failure(Mono<?> call) {
        return call.then(Mono.<Throwable>empty()).onErrorResume(Mono::just);
    }

    private static EtcdCallException failed(Mono<?> call) {
        return (EtcdCallException) failure(call).blockOptional(PATIENCE).orElseThrow();
    }
}
