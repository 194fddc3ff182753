package io.containerstatus.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.ContainerChange;
import io.containerstatus.StatusTransitions;
import io.containerstatus.fs.FollowedChange;
import io.containerstatus.fs.StatusFollower;
import io.containerstatus.reactive.StatusStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Hooks;

class MicrometerFollowerMetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<FollowedChange> received = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private Path root;
    private StatusStore store;

    @BeforeEach
    void openStore() throws IOException {
        root = Files.createDirectory(folder.toRealPath().resolve("root"));
        store = Objects.requireNonNull(StatusStore.open(root).block(PATIENCE));
        create("web");
        bad("torn", "{");
        bad("newer", "{\"Version\":\"v9\"}");
    }

    @AfterEach
    void closeStore() {
        store.close().block(PATIENCE);
        Hooks.resetOnErrorDropped();
    }

    private void create(String id) {
        store.create(id, StatusTransitions.created(Instant.parse("2026-03-01T12:00:00Z")))
                .block(PATIENCE);
    }

    private void bad(String id, String document) throws IOException {
        Files.writeString(Files.createDirectory(root.resolve(id)).resolve("status"), document);
    }

    private Disposable follow(MicrometerFollowerMetrics metrics) {
        return StatusFollower.builder(root)
                .metrics(metrics)
                .scanEvery(Duration.ofDays(1))
                .build()
                .changes()
                .subscribe(received::add, failures::add);
    }

    private void awaitReceived(int changes) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(received).hasSize(changes));
    }

    private void awaitEnd(String outcome) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Meters.counts(registry)).containsEntry("follower.ends " + outcome, 1L));
    }

    private double watches() {
        return registry.get("container.status.follower.watches").gauge().value();
    }

    @Test
    void countScansChangesBadStatusesWatchesAndEnds() {
        Disposable following = follow(new MicrometerFollowerMetrics(registry));
        awaitReceived(3);
        // The root, its parent, and three containers.
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(watches()).isEqualTo(5));
        create("job");
        awaitReceived(4);
        following.dispose();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(watches()).isZero());
        awaitEnd("cancelled");

        Map<String, Long> counts = Meters.counts(registry);
        assertThat(counts)
                .containsEntry("follower.scans", 1L)
                .containsEntry("follower.folders", 1L)
                .containsEntry("follower.changes snapshot", 3L)
                .containsEntry("follower.changes created", 1L)
                .containsEntry("follower.bad corrupt", 1L)
                .containsEntry("follower.bad unsupported_version", 1L)
                .containsEntry("follower.delay", 1L)
                .doesNotContainKeys("follower.changes updated", "follower.bad unreadable", "follower.ends failed");
        assertThat(counts.get("follower.checks")).isGreaterThanOrEqualTo(4);
        assertThat(registry.get("container.status.follower.folders").summary().totalAmount())
                .isEqualTo(3);
        assertThat(registry.get("container.status.follower.delay").timer().totalTime(TimeUnit.NANOSECONDS))
                .isPositive();
    }

    @Test
    void distinguishAFailedStreamFromACancelledOne() throws IOException {
        follow(new MicrometerFollowerMetrics(registry));
        awaitReceived(3);
        Path away = folder.resolve("away");
        Files.move(root, away);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(failures).hasSize(1));
        Files.move(away, root);
        awaitEnd("failed");
        assertThat(Meters.counts(registry)).doesNotContainKey("follower.ends cancelled");
    }

    @Test
    void thatThrowHarmNoStream() {
        List<Throwable> dropped = new CopyOnWriteArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        Disposable following = follow(new MicrometerFollowerMetrics(new ThrowingRegistry()));
        awaitReceived(3);
        following.dispose();
        assertThat(failures).isEmpty();
        assertThat(received).extracting(ContainerChange::id).containsExactly("newer", "torn", "web");
        assertThat(dropped)
                .hasSizeGreaterThanOrEqualTo(3)
                .extracting(Throwable::getMessage)
                .containsOnly(ThrowingRegistry.MESSAGE);
    }

    @Test
    void areRemovedAtTheClose() {
        MicrometerFollowerMetrics metrics = new MicrometerFollowerMetrics(registry);
        assertThat(registry.getMeters()).isNotEmpty();
        metrics.close();
        assertThat(registry.getMeters()).isEmpty();
    }
}
