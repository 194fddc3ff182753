package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.wire.Wire.LeaseGrantResponse;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.ResponseHeader;
import io.containerstatus.etcd.wire.Wire.ResponseOp;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import io.containerstatus.etcd.wire.Wire.WatchResponse;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** Tests that durations too long for a number of nanoseconds are accepted, and that nothing fails because of them. */
class LongDurationsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();
    private static final Duration LONGEST_TTL = FOREVER.withNanos(0);
    private static final LeaseGrantResponse GRANTED = LeaseGrantResponse.getDefaultInstance();
    private static final ResponseHeader HEADER =
            ResponseHeader.newBuilder().setRevision(10).build();
    private static final TxnResponse TAKEN =
            TxnResponse.newBuilder().setSucceeded(true).setHeader(HEADER).build();
    private static final RangeResponse NOTHING =
            RangeResponse.newBuilder().setHeader(HEADER).build();

    private final EtcdEndpoints unused = EtcdEndpoints.of("http://unused");
    private final ScriptedEtcd etcd = new ScriptedEtcd();

    @AfterEach
    void close() {
        etcd.close();
    }

    @Test
    void anAdapterOpensAndCloses() {
        EtcdCheckpoints checkpoints = EtcdCheckpoints.builder(unused, "/status", "node7")
                .connector(() -> ScriptedEtcd.to(etcd))
                .requestTimeout(FOREVER)
                .ownershipWait(FOREVER)
                .openTimeout(FOREVER)
                .outcomeTimeout(FOREVER)
                .leaseTtl(LONGEST_TTL)
                .build();
        etcd.answer(GRANTED, TAKEN, NOTHING, TAKEN);

        StepVerifier.create(checkpoints.open())
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE);
        StepVerifier.create(checkpoints.delete("web-1")).expectComplete().verify(PATIENCE);
        StepVerifier.create(checkpoints.close()).expectComplete().verify(PATIENCE);
    }

    @Test
    void aPublisherPublishesAndCloses() {
        StatusStore store =
                StatusStore.builder(new InMemoryCheckpoints()).open().block(PATIENCE);
        ResponseOp nothing = ResponseOp.newBuilder().setResponseRange(NOTHING).build();
        TxnResponse noOwner = TxnResponse.newBuilder()
                .setSucceeded(true)
                .setHeader(HEADER)
                .addResponses(nothing)
                .addResponses(nothing)
                .build();
        etcd.answer(noOwner, GRANTED, TAKEN, NOTHING);
        FleetPublisher publisher = FleetPublisher.builder(store, unused, "/status", "node7")
                .connector(() -> ScriptedEtcd.to(etcd))
                .requestTimeout(FOREVER)
                .closeTimeout(FOREVER)
                .leaseTtl(LONGEST_TTL)
                .start();

        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        publisher.health().state())
                .isEqualTo(FleetPublisherHealth.State.PUBLISHING));
        StepVerifier.create(publisher.close()).expectComplete().verify(PATIENCE);
        store.close().block(PATIENCE);
    }

    @Test
    void aFollowerFollowsFencesAndCloses() {
        FleetFollower follower = FleetFollower.builder(unused, "/status")
                .connector(() -> ScriptedEtcd.to(etcd))
                .requestTimeout(FOREVER)
                .fenceTimeout(FOREVER)
                .checkEvery(FOREVER)
                .build();
        etcd.answer(NOTHING, NOTHING, TAKEN);

        StepVerifier.create(follower.events(FleetView.all()))
                .expectNextCount(1)
                .then(() -> {
                    etcd.watch()
                            .sends(WatchResponse.newBuilder()
                                    .setHeader(HEADER)
                                    .setCreated(true)
                                    .build());
                    Awaitility.await().atMost(PATIENCE).until(() -> follower.health()
                            .current());
                })
                .thenCancel()
                .verify(PATIENCE);
        StepVerifier.create(follower.fence("node7")).expectComplete().verify(PATIENCE);
        StepVerifier.create(follower.close()).expectComplete().verify(PATIENCE);
    }
}
