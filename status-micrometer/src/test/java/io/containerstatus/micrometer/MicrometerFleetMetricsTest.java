package io.containerstatus.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.CorruptStatusException;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.UnsupportedVersionException;
import io.containerstatus.etcd.EtcdEndpoints;
import io.containerstatus.etcd.FleetChange;
import io.containerstatus.etcd.FleetFollower;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

class MicrometerFleetMetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerFleetMetrics metrics = new MicrometerFleetMetrics(registry);

    private static FleetChange change(Kind kind, long skipped) {
        return new FleetChange("node1", "web-1", kind, 1, null, null, null, skipped);
    }

    private static StatusException undecodable(String document) {
        try {
            StatusCodec.decode(document.getBytes(StandardCharsets.UTF_8));
        } catch (CorruptStatusException | UnsupportedVersionException e) {
            return e;
        }
        throw new AssertionError(document);
    }

    @Test
    void everyCallIsCountedWhereItBelongs() {
        metrics.recordSnapshot(3, Duration.ofMillis(250));
        metrics.recordEvents(2);
        metrics.recordEvents(5);
        metrics.recordInterruption("no");
        metrics.recordChange(change(Kind.SNAPSHOT, 0), null);
        metrics.recordChange(change(Kind.UPDATED, 4), Duration.ofMillis(5));
        metrics.recordChange(change(Kind.DELETED, 0), Duration.ofMillis(7));
        metrics.recordBadStatus(change(Kind.UPDATED, 0), undecodable("{"));
        metrics.recordBadStatus(change(Kind.UPDATED, 0), undecodable("{\"Version\":\"v9\"}"));
        metrics.recordEnd(null);
        metrics.recordEnd(new IllegalStateException("failed"));

        assertThat(Meters.counts(registry))
                .isEqualTo(Map.ofEntries(
                        Map.entry("fleet.snapshots", 1L),
                        Map.entry("fleet.containers", 1L),
                        Map.entry("fleet.events", 7L),
                        Map.entry("fleet.interruptions", 1L),
                        Map.entry("fleet.changes snapshot", 1L),
                        Map.entry("fleet.changes updated", 1L),
                        Map.entry("fleet.changes deleted", 1L),
                        Map.entry("fleet.skipped", 4L),
                        Map.entry("fleet.delay", 2L),
                        Map.entry("fleet.bad corrupt", 1L),
                        Map.entry("fleet.bad unsupported_version", 1L),
                        Map.entry("fleet.ends cancelled", 1L),
                        Map.entry("fleet.ends failed", 1L)));
        assertThat(registry.get("container.status.fleet.snapshots").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(250);
        assertThat(registry.get("container.status.fleet.containers").summary().totalAmount())
                .isEqualTo(3);
        assertThat(registry.get("container.status.fleet.delay").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(12);
    }

    @Test
    void theMetersOfAClosedOneAreGone() {
        registry.counter("of.someone.else");
        metrics.close();
        assertThat(registry.getMeters())
                .singleElement()
                .satisfies(meter -> assertThat(meter.getId().getName()).isEqualTo("of.someone.else"));
    }

    @Test
    void aFollowerRecordsIntoIt() {
        FleetFollower fleet = FleetFollower.builder(EtcdEndpoints.of("http://127.0.0.1:1"), "/status")
                .metrics(metrics)
                .build();
        Disposable subscription = fleet.changes().subscribe();
        Awaitility.await().atMost(PATIENCE).until(() -> Meters.counts(registry).containsKey("fleet.interruptions"));
        subscription.dispose();
        Awaitility.await().atMost(PATIENCE).until(() -> Meters.counts(registry).containsKey("fleet.ends cancelled"));
        fleet.close().block(PATIENCE);
    }
}
