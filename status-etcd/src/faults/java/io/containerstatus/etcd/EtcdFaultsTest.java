package io.containerstatus.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints.Found;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Tests faults of a real server of one member. */
@Tag("long")
class EtcdFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Status CREATED =
            Status.builder().createdAt(Instant.EPOCH.plusNanos(1)).build();
    private static final Status RUNNING =
            CREATED.toBuilder().pid(42).startedAt(Instant.EPOCH.plusNanos(2)).build();

    private final EtcdServer server = EtcdServer.own();
    private final EtcdCheckpoints node7 = adapter();

    private EtcdCheckpoints adapter() {
        return EtcdCheckpoints.builder(server.endpoints(), "/status", "node7")
                .leaseTtl(Duration.ofSeconds(60))
                .requestTimeout(Duration.ofMillis(300))
                .outcomeTimeout(Duration.ofSeconds(30))
                .build();
    }

    EtcdFaultsTest() {
        node7.open().block(PATIENCE);
        complete(node7.write("web-1", CREATED));
    }

    @AfterEach
    void close() {
        node7.close().block(PATIENCE);
        server.close();
    }

    @Test
    void aWriteToAFrozenServerSucceedsLate() {
        server.freeze();
        Mono<Void> write = begun(node7.write("web-1", RUNNING));
        Awaitility.await().during(Duration.ofSeconds(1)).until(() -> true);
        server.thaw();

        complete(write);
        assertThat(found()).containsExactly(Found.of("web-1", RUNNING));
    }

    @Test
    void aWriteWhileTheServerIsStartedAgainSucceedsLate() {
        server.kill();
        Mono<Void> write = begun(node7.write("web-1", RUNNING));
        server.start();

        complete(write);
        assertThat(found()).containsExactly(Found.of("web-1", RUNNING));
    }

    /** Begins the change now, and returns its outcome. */
    private static Mono<Void> begun(Mono<Void> change) {
        Mono<Void> outcome = change.cache();
        outcome.subscribe(none -> {}, failure -> {});
        return outcome;
    }

    private List<Found> found() {
        node7.close().block(PATIENCE);
        EtcdCheckpoints next = adapter();
        List<Found> containers =
                next.open().blockOptional(PATIENCE).orElseThrow().containers();
        next.close().block(PATIENCE);
        return containers;
    }

    private static void complete(Mono<Void> change) {
        StepVerifier.create(change).expectComplete().verify(PATIENCE);
    }
}
