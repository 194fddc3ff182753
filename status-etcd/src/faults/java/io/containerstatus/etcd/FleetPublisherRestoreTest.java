package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTransitions;
import io.containerstatus.etcd.FleetPublisherHealth.State;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tests a publisher on a real etcd that is restored from a backup. The backup contains the publisher's key, so
 * the first transaction after the restoration succeeds.
 */
@Tag("long")
class FleetPublisherRestoreTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Status CREATED = StatusTransitions.created(Instant.EPOCH.plusNanos(1));

    private final EtcdServer server = EtcdServer.own();
    private final StatusStore store =
            StatusStore.builder(new InMemoryCheckpoints()).open().block(PATIENCE);
    private FleetPublisher publisher;

    @BeforeEach
    void start() {
        create("web-1");
        publisher = FleetPublisher.builder(store, server.endpoints(), "/status", "node7")
                .leaseTtl(Duration.ofHours(1)) // No read of the owner's key notices the restoration.
                .requestTimeout(Duration.ofSeconds(1))
                .start();
        holds("web-1");
        server.kill();
        server.backUp();
        server.start();
    }

    @AfterEach
    void close() {
        publisher.close().block(PATIENCE);
        store.close().block(PATIENCE);
        server.close();
    }

    @Test
    void whatTheRestorationHasLostIsPublishedAgain() {
        create("web-2");
        holds("web-1", "web-2");
        restore();
        create("web-3");

        holds("web-1", "web-2", "web-3");
        isStillTheOwner();
    }

    @Test
    void whatTheRestorationHasBroughtBackIsDeletedAgain() {
        delete("web-1");
        holds();
        restore();
        create("web-2");

        holds("web-2");
        isStillTheOwner();
    }

    private void restore() {
        server.kill();
        server.restore();
        server.start();
    }

    private void isStillTheOwner() {
        Awaitility.await().atMost(PATIENCE).until(() -> publisher.health().pending() == 0);
        assertThat(publisher.health().state()).isEqualTo(State.PUBLISHING);
        assertThat(publisher.health().owner()).isTrue();
    }

    private void create(String id) {
        store.create(id, CREATED).block(PATIENCE);
    }

    private void delete(String id) {
        store.delete(id).block(PATIENCE);
    }

    private void holds(String... ids) {
        String document = new String(StatusCodec.encode(CREATED), StandardCharsets.UTF_8);
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.entries("/status/s/"))
                .containsExactly(Arrays.stream(ids)
                        .map(id -> "/status/s/node7/" + id + "=" + document)
                        .toArray(String[]::new)));
    }
}
