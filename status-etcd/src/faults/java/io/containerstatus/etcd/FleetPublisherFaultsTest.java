package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTransitions;
import io.containerstatus.etcd.FleetPublisherHealth.State;
import io.containerstatus.reactive.StatusStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests a publisher of a store on files, with faults of a real etcd of one member. */
@Tag("long")
class FleetPublisherFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Status CREATED = StatusTransitions.created(Instant.EPOCH.plusNanos(1));
    private static final Status RUNNING =
            CREATED.toBuilder().pid(42).startedAt(Instant.EPOCH.plusNanos(2)).build();

    private final EtcdServer server = EtcdServer.own();
    private StatusStore store;
    private FleetPublisher publisher;

    @TempDir
    Path root;

    @BeforeEach
    void start() {
        store = StatusStore.open(root).block(PATIENCE);
        create("web-1", CREATED);
        create("web-2", CREATED);
        create("web-3", CREATED);
        publisher = publisher();
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(publisher.health().pending()).isZero());
        holds(entry("web-1", CREATED), entry("web-2", CREATED), entry("web-3", CREATED));
    }

    private FleetPublisher publisher() {
        return FleetPublisher.builder(store, server.endpoints(), "/status", "node7")
                .identity("boot-1")
                .leaseTtl(Duration.ofSeconds(60))
                .requestTimeout(Duration.ofMillis(300))
                .closeTimeout(Duration.ofMillis(300))
                .start();
    }

    @AfterEach
    void close() {
        publisher.close().block(PATIENCE);
        store.close().block(PATIENCE);
        server.close();
    }

    @Test
    void whatHappensWhileTheServerIsDownIsPublishedWhenItIsBack() {
        server.kill();
        changeAll();
        Awaitility.await().atMost(PATIENCE).until(() -> !publisher.health().connected());
        assertThat(publisher.health()).satisfies(health -> {
            assertThat(health.state()).isEqualTo(State.PUBLISHING);
            assertThat(health.pending()).isEqualTo(4);
            assertThat(health.oldestPending()).isPositive();
            assertThat(health.lastFailure()).isNotNull();
        });
        server.start();

        holds(entry("web-1", RUNNING), entry("web-3", RUNNING), entry("web-4", CREATED));
        isUpToDate();
    }

    @Test
    void whatHappensWhileTheServerIsFrozenIsPublishedWhenItGoesOn() {
        server.freeze();
        update("web-2", RUNNING); // In progress when the others come.
        Awaitility.await().atMost(PATIENCE).until(() -> !publisher.health().connected());
        changeAll();
        server.thaw();

        holds(entry("web-1", RUNNING), entry("web-3", RUNNING), entry("web-4", CREATED));
        isUpToDate();
    }

    @Test
    void whatHappensWhileServerAndPublisherAreDownIsPublishedByTheNextOne() {
        server.kill();
        publisher.close().block(PATIENCE);
        changeAll();
        server.start();
        publisher = publisher(); // It has the same identity, so it does not wait for the lease.

        holds(entry("web-1", RUNNING), entry("web-3", RUNNING), entry("web-4", CREATED));
        isUpToDate();
    }

    @Test
    void aPublisherMayBeStartedBeforeTheServer() {
        publisher.close().block(PATIENCE);
        server.kill();
        changeAll();
        publisher = publisher();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> publisher.health().lastFailure() != null
                        && publisher.health().pending() == 3);
        assertThat(publisher.health().state()).isEqualTo(State.TAKING);
        server.start();

        holds(entry("web-1", RUNNING), entry("web-3", RUNNING), entry("web-4", CREATED));
        isUpToDate();
    }

    @RepeatedTest(3)
    void whateverHappensEtcdHoldsInTheEndWhatTheStoreDoes() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 8; round++) {
            Runnable repair = breakSomething(random.nextInt(4));
            changeAnything(random, 1 + random.nextInt(60));
            if (random.nextBoolean()) {
                // Long enough for a transaction with an unknown outcome.
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> !publisher.health().connected());
                changeAnything(random, 1 + random.nextInt(60));
            }
            repair.run();
            changeAnything(random, random.nextInt(60));
        }

        String[] expected = store.list().stream()
                .map(container -> entry(container.id(), container.current()))
                .toArray(String[]::new);
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.entries("/status/s/"))
                .as("seed %d, %s", seed, publisher.health())
                .containsExactly(expected));
        isUpToDate();
    }

    /** Returns the repair. */
    private Runnable breakSomething(int which) {
        switch (which) {
            case 0 -> {
                server.kill();
                return server::start;
            }
            case 1 -> {
                Matcher leases = Pattern.compile("\"ID\":\"([0-9]+)\"").matcher(server.post("/v3/lease/leases", "{}"));
                while (leases.find()) {
                    server.post("/v3/lease/revoke", "{\"ID\":\"" + leases.group(1) + "\"}");
                }
                server.freeze();
                return server::thaw;
            }
            default -> {
                server.freeze();
                return server::thaw;
            }
        }
    }

    private void changeAnything(Random random, int times) {
        for (int i = 0; i < times; i++) {
            String id = "c" + random.nextInt(20);
            Status status = CREATED.toBuilder().pid(1 + random.nextInt(1_000)).build();
            if (store.get(id) == null) {
                create(id, status);
            } else if (random.nextInt(3) == 0) {
                delete(id);
            } else {
                update(id, status);
            }
        }
    }

    /** Updates, deletes, creates, and deletes and creates again. Nothing here waits for etcd. */
    private void changeAll() {
        update("web-1", CREATED.toBuilder().pid(1).build());
        update("web-1", RUNNING);
        delete("web-2");
        delete("web-3");
        create("web-3", RUNNING);
        create("web-4", CREATED);
    }

    private void create(String id, Status status) {
        store.create(id, status).block(PATIENCE);
    }

    private void update(String id, Status status) {
        store.get(id).updateSync(before -> status).block(PATIENCE);
    }

    private void delete(String id) {
        store.delete(id).block(PATIENCE);
    }

    private void holds(String... entries) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.entries("/status/s/"))
                .containsExactly(entries));
    }

    private void isUpToDate() {
        Awaitility.await().atMost(PATIENCE).until(() -> publisher.health().pending() == 0);
        assertThat(publisher.health()).satisfies(health -> {
            assertThat(health.state()).isEqualTo(State.PUBLISHING);
            assertThat(health.owner()).isTrue();
            assertThat(health.connected()).isTrue();
            assertThat(health.oldestPending()).isZero();
        });
    }

    private static String entry(String id, Status status) {
        return "/status/s/node7/" + id + "=" + new String(StatusCodec.encode(status), StandardCharsets.UTF_8);
    }
}
