package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.StatusTransitions;
import io.containerstatus.etcd.EtcdCheckpoints;
import io.containerstatus.etcd.EtcdEndpoints;
import io.containerstatus.etcd.FleetPublisher;
import io.containerstatus.etcd.FleetPublisherHealth;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The snippets of docs/fleet.md about a node, with an etcd that is away. */
@Tag("long")
class FleetPublisherSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EtcdEndpoints endpoints = EtcdEndpoints.of("http://127.0.0.1:1");

    @TempDir
    Path root;

    @Test
    void aStoreOnEtcd() {
        // region etcd-is-the-store
        Mono<StatusStore> store = StatusStore.builder(
                        EtcdCheckpoints.builder(endpoints, "/status", "node7").build())
                .open();
        // endregion

        StepVerifier.create(store)
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(100)) // It takes ten seconds to give up.
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void aStoreThatIsPublished() {
        StatusStore store = StatusStore.open(root).block(PATIENCE);
        // region publishing
        FleetPublisher publisher =
                FleetPublisher.builder(store, endpoints, "/status", "node7").start();

        // Another one may be in charge of the containers of this node by now.
        publisher.ownershipLost().subscribe(this::stopContainers);
        // endregion
        store.create("web-1", StatusTransitions.created(Instant.now())).block(PATIENCE);

        Awaitility.await()
                .atMost(PATIENCE)
                .until(() ->
                        publisher.health().pending() == 1 && publisher.health().lastFailure() != null);
        // region publisher-health
        FleetPublisherHealth health = publisher.health();
        boolean fine = health.owner() && health.oldestPending().compareTo(Duration.ofMinutes(1)) < 0;
        // endregion
        assertThat(fine).isFalse();
        assertThat(health.state()).isEqualTo(FleetPublisherHealth.State.TAKING);
        // region publisher-end
        Mono<Void> end = store.close().then(publisher.close());
        // endregion
        StepVerifier.create(end).expectComplete().verify(PATIENCE);
        assertThat(stopped).isFalse();
    }

    private boolean stopped;

    private void stopContainers(String reason) {
        stopped = true;
    }
}
