package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusTransitions;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.etcd.FleetPublisherHealth.State;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.test.StepVerifier;

/**
 * Tests the rights of docs/fleet.md on a real etcd with authentication: with all of them, everything works,
 * and without one of them, it does not.
 */
@Tag("long")
class RightsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Status CREATED = StatusTransitions.created(Instant.EPOCH.plusNanos(1));

    private final EtcdServer server = EtcdServer.own();
    private final StatusStore store =
            StatusStore.builder(new InMemoryCheckpoints()).open().block(PATIENCE);

    @AfterEach
    void close() {
        store.close().block(PATIENCE);
        server.close();
    }

    @Test
    void ofAPublisher() {
        role("node7");
        grant("READWRITE", "/status/o/node7", "");
        grant("READWRITE", "/status/s/node7/", "/status/s/node70");
        grant("READ", "/status/f/node7", "");
        server.put("/status/s/node7/gone", "of before");
        enable();
        FleetPublisher publisher = publisher("secret");

        store.create("web-1", CREATED).block(PATIENCE);
        store.create("web-2", CREATED).block(PATIENCE);
        isPublished(publisher);
        store.delete("web-2").block(PATIENCE);
        publisher.close().block(PATIENCE);
        assertThat(publisher.health().pending()).isZero();
        assertThat(publisher.health().lastFailure()).isNull();
        FleetPublisher next = publisher("secret"); // The first publisher has given up the ownership.
        isPublished(next);
        next.close().block(PATIENCE);
    }

    @Test
    void withoutThemAPublisherWaitsForThem() {
        role("node7");
        grant("READWRITE", "/status/o/node7", "");
        grant("READ", "/status/f/node7", "");
        enable();
        store.create("web-1", CREATED).block(PATIENCE);
        FleetPublisher publisher = publisher("secret");

        awaitFailure(publisher, "permission denied");
        assertThat(publisher.health()).satisfies(health -> {
            assertThat(health.state()).isEqualTo(State.TAKING);
            assertThat(health.connected()).isTrue();
            assertThat(health.pending()).isEqualTo(1);
        });
        publisher.close().block(PATIENCE);
    }

    @Test
    void withAWrongPasswordAPublisherSaysSo() {
        role("node7");
        enable();
        FleetPublisher publisher = publisher("wrong");

        awaitFailure(publisher, "authentication failed");
        publisher.close().block(PATIENCE);
    }

    @Test
    void ofAStoreOnEtcd() {
        role("node7");
        grant("READWRITE", "/status/o/node7", "");
        grant("READWRITE", "/status/s/node7/", "/status/s/node70");
        grant("READWRITE", "/status/k/node7/", "/status/k/node70");
        server.put("/status/s/node7/web-1", "{");
        enable();
        EtcdCheckpoints node7 = EtcdCheckpoints.builder(server.endpoints(), "/status", "node7")
                .credentials("node7", () -> "secret")
                .build();
        node7.open().block(PATIENCE);

        StepVerifier.create(node7.write("web-1", CREATED).then(node7.delete("web-1")))
                .expectComplete()
                .verify(PATIENCE);
        node7.close().block(PATIENCE);
    }

    @Test
    void ofAFollower() {
        grantPublishingAndFollowing();
        FleetPublisher publisher = published();
        FleetFollower viewer = viewer();

        StepVerifier.create(viewer.events(FleetView.all()).map(RightsTest::text))
                .expectNext("node7", "web-1", "caught up")
                .then(() -> store.create("web-2", CREATED).block(PATIENCE))
                .expectNext("web-2")
                .thenCancel()
                .verify(PATIENCE);
        StepVerifier.create(viewer.fence("node7"))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(UnreadableStatusException.class)
                        .hasMessageContaining("permission denied"))
                .verify(PATIENCE);
        viewer.close().block(PATIENCE);
        publisher.close().block(PATIENCE);
    }

    @ParameterizedTest
    @CsvSource({"/status/o/, /status/s/", "/status/s/, /status/s0"})
    void withoutThemAFollowerFails(String from, String to) {
        role("viewer");
        grant("viewer", "READ", from, to); // Only the owners, or only the statuses.
        enable();
        FleetFollower viewer = viewer();

        StepVerifier.create(viewer.changes())
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(UnreadableStatusException.class)
                        .hasMessageContaining("permission denied"))
                .verify(PATIENCE);
        viewer.close().block(PATIENCE);
    }

    @Test
    void ofAFollowerThatFences() {
        grantPublishingAndFollowing();
        grant("viewer", "READWRITE", "/status/o/", "/status/o0");
        grant("viewer", "READWRITE", "/status/f/", "/status/f0");
        FleetPublisher publisher = published();
        FleetFollower viewer = viewer();

        viewer.fence("node7").block(PATIENCE);
        assertThat(publisher.ownershipLost().block(PATIENCE)).contains("fenced");
        StepVerifier.create(viewer.nodes().map(NodeChange::kind).take(1))
                .expectNext(NodeChange.Kind.SNAPSHOT)
                .expectComplete()
                .verify(PATIENCE);
        assertThat(viewer.health().ownedNodes()).isZero();
        viewer.close().block(PATIENCE);
    }

    @ParameterizedTest
    @CsvSource({"/status/o/, /status/f/", "/status/f/, /status/o/"})
    void withoutOneOfThemAFollowerDoesNotFence(String written, String read) {
        grantPublishingAndFollowing();
        grant("viewer", "READWRITE", written, written.replaceFirst("/$", "0"));
        grant("viewer", "READ", read, read.replaceFirst("/$", "0"));
        FleetPublisher publisher = published();
        FleetFollower viewer = viewer();

        StepVerifier.create(viewer.fence("node7"))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(NotWrittenException.class)
                        .hasMessageContaining("permission denied"))
                .verify(PATIENCE);
        store.create("web-2", CREATED).block(PATIENCE);
        StepVerifier.create(viewer.changes().map(FleetChange::id).filter("web-2"::equals))
                .expectNext("web-2")
                .thenCancel()
                .verify(PATIENCE);
        publisher.close().block(PATIENCE);
        viewer.close().block(PATIENCE);
    }

    /** Gives node7 the right to publish, and a viewer the right to follow. */
    private void grantPublishingAndFollowing() {
        role("node7");
        grant("READWRITE", "/status/o/node7", "");
        grant("READWRITE", "/status/s/node7/", "/status/s/node70");
        grant("READ", "/status/f/node7", "");
        role("viewer");
        grant("viewer", "READ", "/status/o/", "/status/s0");
    }

    /** Publishes a container. */
    private FleetPublisher published() {
        enable();
        store.create("web-1", CREATED).block(PATIENCE);
        FleetPublisher publisher = FleetPublisher.builder(store, server.endpoints(), "/status", "node7")
                .credentials("node7", () -> "secret")
                .leaseTtl(Duration.ofSeconds(5)) // A loss is noticed within a third of it.
                .requestTimeout(PATIENCE) // A call that takes long is not made again.
                .start();
        isPublished(publisher);
        return publisher;
    }

    private FleetFollower viewer() {
        return FleetFollower.builder(server.endpoints(), "/status")
                .credentials("viewer", () -> "secret")
                .requestTimeout(PATIENCE)
                .build();
    }

    private static String text(FleetEvent event) {
        return event instanceof FleetChange change
                ? change.id()
                : event instanceof NodeChange node ? node.node() : event.caughtUp() ? "caught up" : event.toString();
    }

    private FleetPublisher publisher(String password) {
        return FleetPublisher.builder(store, server.endpoints(), "/status", "node7")
                .credentials("node7", () -> password)
                .closeTimeout(Duration.ofSeconds(1))
                .start();
    }

    private static void isPublished(FleetPublisher publisher) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> publisher.health().state() == State.PUBLISHING
                        && publisher.health().pending() == 0);
    }

    private static void awaitFailure(FleetPublisher publisher, String text) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        publisher.health().lastFailure())
                .hasMessageContaining(text));
    }

    private void role(String user) {
        server.post("/v3/auth/role/add", "{\"name\":\"" + user + "\"}");
        server.post("/v3/auth/user/add", "{\"name\":\"" + user + "\",\"password\":\"secret\"}");
        server.post("/v3/auth/user/grant", "{\"user\":\"" + user + "\",\"role\":\"" + user + "\"}");
    }

    private void grant(String right, String key, String end) {
        grant("node7", right, key, end);
    }

    private void grant(String user, String right, String key, String end) {
        server.post(
                "/v3/auth/role/grant",
                "{\"name\":\"" + user + "\",\"perm\":{\"permType\":\"" + right + "\",\"key\":\"" + base64(key)
                        + "\",\"range_end\":\"" + base64(end) + "\"}}");
    }

    /** Enables authentication. */
    private void enable() {
        role("root");
        server.post("/v3/auth/enable", "{}");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
