package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.etcd.FleetSubscription.Scope;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.RangeResponse;
import io.containerstatus.etcd.wire.Wire.ResponseHeader;
import java.lang.ref.Reference;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.scheduler.Schedulers;

/**
 * Measures the heap that a fleet of 100,000 containers on 100 nodes takes, in bytes for each container, and
 * checks it against bounds. Prints one line for each figure.
 */
@Tag("soak")
class FleetCostTest {
    private static final int NODES = 100;
    private static final int CONTAINERS = 100_000;
    private static final FleetKeys KEYS = new FleetKeys("/status");
    private static final byte[] DOCUMENT = StatusCodec.encode(Status.builder()
            .createdAt(Instant.EPOCH.plusNanos(1))
            .startedAt(Instant.EPOCH.plusNanos(2))
            .pid(42)
            .build());

    private final Fleet fleet = new Fleet(KEYS, Clock.systemUTC());
    private final FleetSettings settings = new FleetSettings(
            new ConnectionSettings(() -> ScriptedEtcd.to(), null, Duration.ZERO, Clock.systemUTC(), null),
            KEYS,
            Duration.ZERO,
            Duration.ZERO,
            FleetMetricsGuard.NONE);

    private static long used() {
        Runtime heap = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, heap.totalMemory() - heap.freeMemory());
        }
        return least;
    }

    private static long cost(String what, int times, Runnable made) {
        long before = used();
        made.run();
        long bytes = Math.round((used() - before) / (double) CONTAINERS / times);
        System.out.println("cost: " + what + ", for each container: " + bytes + " bytes");
        return bytes;
    }

    private void snapshot() {
        FleetSnapshot snapshot = new FleetSnapshot(KEYS, failure -> {});
        for (int i = 0; i < CONTAINERS; i++) {
            String key = "/status/s/node-" + (i % NODES) + "/0123456789abcdef0123456789abcdef-" + i;
            snapshot.take(RangeResponse.newBuilder()
                    .setHeader(ResponseHeader.newBuilder().setRevision(1_000_000))
                    .addKvs(KeyValue.newBuilder()
                            .setKey(ByteString.copyFromUtf8(key))
                            .setCreateRevision(i + 1)
                            .setModRevision(i + 1)
                            .setVersion(1)
                            .setValue(ByteString.copyFrom(DOCUMENT)))
                    .build());
        }
        fleet.replace(snapshot, "");
    }

    /** The smallest possible subscriber. */
    private record Least(long demand) implements CoreSubscriber<FleetEvent> {
        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(demand);
        }

        @Override
        public void onNext(FleetEvent event) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    private void subscribe(long demand, int times, List<Object> kept) {
        for (int i = 0; i < times; i++) {
            FleetView view = FleetView.all().on(Schedulers.immediate());
            FleetSubscription subscription =
                    new FleetSubscription(new Least(demand), view, Scope.EVERYTHING, settings, new FleetSignals(null));
            new Least(demand).onSubscribe(subscription);
            fleet.add(subscription);
            kept.add(subscription);
        }
    }

    @Test
    void ofEachContainer() {
        List<Object> kept = new ArrayList<>();
        snapshot(); // Loads the classes.
        fleet.replace(new FleetSnapshot(KEYS, failure -> {}), "");
        System.out.println("cost: a document: " + DOCUMENT.length + " bytes");

        assertThat(cost("a fleet, its document included", 1, this::snapshot)).isBetween(100L, 400L + DOCUMENT.length);
        assertThat(cost("a subscriber that has received all", 5, () -> subscribe(Long.MAX_VALUE, 5, kept)))
                .isBetween(30L, 200L);
        assertThat(cost("a subscriber that has asked for nothing yet", 5, () -> subscribe(1, 5, kept)))
                .isBetween(30L, 300L);
        Reference.reachabilityFence(kept);
        Reference.reachabilityFence(fleet);
    }
}
