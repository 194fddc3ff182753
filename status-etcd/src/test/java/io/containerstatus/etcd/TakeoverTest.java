package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.LeaseGrantResponse;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.ResponseHeader;
import io.containerstatus.etcd.wire.Wire.ResponseOp;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.grpc.Deadline;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class TakeoverTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long LEASE = 5;
    private static final LeaseGrantResponse GRANTED = LeaseGrantResponse.getDefaultInstance();
    private static final TxnResponse SUCCEEDED = TxnResponse.newBuilder()
            .setSucceeded(true)
            .setHeader(ResponseHeader.newBuilder().setRevision(20_000))
            .build();

    private final ScriptedEtcd etcd = new ScriptedEtcd();
    private final EtcdClient client = new EtcdClient(() -> ScriptedEtcd.to(etcd), null, PATIENCE);

    @AfterEach
    void close() {
        client.close().block(PATIENCE);
        etcd.close();
    }

    @Test
    void eachAttemptReplacesTheOwnerThatTheAttemptBeforeHasFound() {
        etcd.answer(GRANTED, ownedSince(7), ownedSince(9), free(), SUCCEEDED);

        assertThat(takeover().block(PATIENCE).fence()).isEqualTo(20_000);
        assertThat(replaced()).containsExactly(0L, 7L, 9L, 0L);
    }

    /** With a stack that grows with each attempt, the last one would overflow it. */
    @Test
    void theNumberOfAttemptsIsNotLimitedByTheStack() {
        etcd.answer(GRANTED);
        for (int revision = 1; revision < 20_000; revision++) {
            etcd.answer(ownedSince(revision));
        }
        etcd.answer(SUCCEEDED);

        assertThat(takeover().block(PATIENCE).fence()).isEqualTo(20_000);
    }

    /** Returns a takeover that replaces any owner. */
    private Mono<Ownership> takeover() {
        EtcdSettings settings = new EtcdSettings(
                new ConnectionSettings(() -> ScriptedEtcd.to(etcd), null, PATIENCE, Clock.systemUTC(), null),
                new Keys("/status", "node7"),
                "boot-1",
                /* seizes= */ true,
                /* leaseTtl= */ Duration.ofHours(1),
                /* ownershipWait= */ Duration.ZERO,
                PATIENCE,
                PATIENCE,
                /* maxValueSize= */ 1_000);
        Deadline until = Deadline.after(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return Mono.defer(() -> new Takeover(client, settings, until, LEASE, owner -> true).run())
                .subscribeOn(client.worker());
    }

    private static TxnResponse ownedSince(long revision) {
        return refused(
                KeyValue.newBuilder().setModRevision(revision).setLease(1).build());
    }

    private static TxnResponse free() {
        return refused();
    }

    private static TxnResponse refused(KeyValue... owner) {
        return TxnResponse.newBuilder()
                .addResponses(ResponseOp.newBuilder()
                        .setResponseRange(RangeResponse.newBuilder().addAllKvs(List.of(owner))))
                .build();
    }

    /** Returns the revision of the key that each attempt has replaced. */
    private List<Long> replaced() {
        return etcd.requests.stream()
                .filter(TxnRequest.class::isInstance)
                .map(request -> ((TxnRequest) request).getCompare(0).getModRevision())
                .toList();
    }
}
