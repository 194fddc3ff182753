package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.LeaseGrantResponse;
import io.containerstatus.etcd.wire.Wire.LeaseRevokeRequest;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.ResponseHeader;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** Tests that an opening in which something throws fails, owns nothing afterwards, and may be repeated. */
class FailedOpeningTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final LeaseGrantResponse GRANTED = LeaseGrantResponse.getDefaultInstance();
    private static final TxnResponse TAKEN = TxnResponse.newBuilder()
            .setSucceeded(true)
            .setHeader(ResponseHeader.newBuilder().setRevision(10))
            .build();
    private static final RangeResponse NOTHING = RangeResponse.getDefaultInstance();

    private final List<Thread> threadsBefore = threads();
    private final ScriptedEtcd etcd = new ScriptedEtcd();
    private final AtomicReference<Supplier<Instant>> now = new AtomicReference<>(() -> Instant.EPOCH);
    private final InstantSource times = () -> now.get().get();
    private EtcdCheckpoints checkpoints = builder().build();

    private EtcdCheckpoints.Builder builder() {
        return EtcdCheckpoints.builder(EtcdEndpoints.of("http://unused"), "/status", "node7")
                .connector(() -> ScriptedEtcd.to(etcd))
                .clock(times.withZone(ZoneOffset.UTC));
    }

    @AfterEach
    void close() {
        etcd.close();
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, OutOfMemoryError.class, LinkageError.class})
    void failsAsTheClockThatThrows(Class<? extends Throwable> type) {
        now.set(() -> thrown(type));
        etcd.answer(GRANTED);

        failsWith(type);
        now.set(() -> Instant.EPOCH);
        opensAndCloses();
    }

    /** The clock is called on the adapter's own thread, because it may block. */
    @Test
    void callsNoClockOnTheCallersThread() {
        AtomicReference<Thread> caller = new AtomicReference<>();
        now.set(() -> {
            caller.set(Thread.currentThread());
            return Instant.EPOCH;
        });

        opensAndCloses();
        assertThat(caller.get()).isNotNull().isNotSameAs(Thread.currentThread());
    }

    @Test
    void failsForLackOfMemoryToDecodeAStatusAndRevokesTheLease() {
        KeyValue huge = KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8("/status/s/node7/web-1"))
                .setModRevision(5)
                .setValue(largest())
                .build();
        etcd.answer(GRANTED, TAKEN, RangeResponse.newBuilder().addKvs(huge).build());

        failsWith(OutOfMemoryError.class);
        assertThat(etcd.requests).last().isInstanceOf(LeaseRevokeRequest.class);
        opensAndCloses();
    }

    @Test
    void failsWithoutAPassword() {
        checkpoints = builder()
                .credentials("node7", () -> {
                    throw new IllegalStateException("no password");
                })
                .build();
        StepVerifier.create(checkpoints.open())
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(UnreadableStatusException.class)
                        .hasMessageContaining("the password was not supplied: "))
                .verify(PATIENCE);
        checkpoints.close().block(PATIENCE);
        assertNoThreadIsLeft();
    }

    /** Returns bytes that no array can hold, in little memory. */
    private static ByteString largest() {
        ByteString all = ByteString.EMPTY;
        ByteString piece = ByteString.copyFromUtf8("x");
        for (int i = 0; i < 31; i++) {
            all = all.concat(piece);
            piece = i < 30 ? piece.concat(piece) : piece;
        }
        assertThat(all.size()).isEqualTo(Integer.MAX_VALUE);
        return all;
    }

    private static Instant thrown(Class<? extends Throwable> type) {
        try {
            Throwable thrown = type.getConstructor(String.class).newInstance("thrown by the test");
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private void failsWith(Class<? extends Throwable> type) {
        StepVerifier.create(checkpoints.open()).expectError(type).verify(PATIENCE);
        assertNoThreadIsLeft();
    }

    private void opensAndCloses() {
        etcd.forgetTheRest();
        etcd.answer(GRANTED, TAKEN, NOTHING);
        StepVerifier.create(checkpoints.open())
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE);
        checkpoints.close().block(PATIENCE);
        assertNoThreadIsLeft();
    }

    private void assertNoThreadIsLeft() {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(threads())
                .isSubsetOf(threadsBefore));
    }

    /** Returns the threads that an opening uses. Those for results end later by themselves. */
    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("status-etcd-(client|names|settings)"))
                .toList();
    }
}
