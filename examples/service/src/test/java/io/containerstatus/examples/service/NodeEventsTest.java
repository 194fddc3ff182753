package io.containerstatus.examples.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.CaughtUp;
import io.containerstatus.ContainerChange;
import io.containerstatus.StatusEvent;
import io.containerstatus.StoreClosedException;
import io.containerstatus.UnreadableStatusException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class NodeEventsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    /** A node whose events are these, one stream a subscription. */
    private static final class Streams implements Node {
        private final Deque<Flux<StatusEvent>> streams;

        private Streams(List<Flux<StatusEvent>> streams) {
            this.streams = new ArrayDeque<>(streams);
        }

        @Override
        public String root() {
            return "/run/web";
        }

        @Override
        public boolean owned() {
            return false;
        }

        @Override
        public Flux<ContainerView> list(String prefix) {
            return Flux.error(new AssertionError());
        }

        @Override
        public Mono<ContainerView> find(String idOrPrefix) {
            return Mono.error(new AssertionError());
        }

        @Override
        public Flux<StatusEvent> events() {
            return Flux.defer(streams::remove);
        }

        @Override
        public ContainerView view(ContainerChange change) {
            return ContainerView.of(change);
        }
    }

    private static Flux<ServerSentEvent<Object>> events(List<Flux<StatusEvent>> streams) {
        return new NodeEvents(new Streams(streams), false, Clock.fixed(NOW, ZoneOffset.UTC)).stream();
    }

    private static Flux<StatusEvent> away(String reason) {
        return Flux.error(new UnreadableStatusException("/run/web", reason, null));
    }

    @Test
    void theSnapshotHasWhatThePageNeeds() {
        StepVerifier.create(events(List.of(Flux.just(new CaughtUp()))))
                .assertNext(event -> {
                    assertThat(event.event()).isEqualTo("snapshot");
                    assertThat(event.data()).isEqualTo(new NodeEvents.Snapshot("/run/web", false, false, NOW));
                    assertThat(event.retry()).isEqualTo(Duration.ofMillis(500));
                })
                .assertNext(event -> assertThat(event.event()).isEqualTo("complete"))
                .verifyComplete();
    }

    @Test
    void aRootThatIsAwayIsReportedAndThenBegunAnew() {
        StepVerifier.withVirtualTime(() -> events(List.of(
                                Flux.<StatusEvent>just(new CaughtUp()).concatWith(away("gone")),
                                away("still gone"),
                                Flux.<StatusEvent>just(new CaughtUp()).concatWith(Flux.never())))
                        .map(event -> event.event() + " " + event.data()))
                .expectNextMatches(text -> text.startsWith("snapshot"))
                .expectNextMatches(text -> text.startsWith("complete"))
                .expectNextMatches(text -> text.startsWith("away") && text.contains("gone"))
                .expectNoEvent(Duration.ofMillis(999))
                .thenAwait(Duration.ofMillis(1))
                .expectNextMatches(text -> text.startsWith("away") && text.contains("still gone"))
                .thenAwait(Duration.ofSeconds(1))
                .expectNextMatches(text -> text.startsWith("snapshot"))
                .expectNextMatches(text -> text.startsWith("complete"))
                .thenCancel()
                .verify(Duration.ofSeconds(30));
    }

    @Test
    void aQuietNodeIsAlive() {
        StepVerifier.withVirtualTime(() -> events(List.of(Flux.never())).map(ServerSentEvent::event))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(4_999))
                .thenAwait(Duration.ofMillis(1))
                .expectNext("alive")
                .thenAwait(Duration.ofSeconds(10))
                .expectNext("alive", "alive")
                .thenCancel()
                .verify(Duration.ofSeconds(30));
    }

    @Test
    void aPageThatDoesNotReadIsNoFailure() {
        StepVerifier.withVirtualTime(() -> events(List.of(Flux.never())), 0)
                .expectSubscription()
                .thenAwait(Duration.ofHours(1))
                .thenRequest(1)
                .thenAwait(Duration.ofSeconds(5))
                .expectNextCount(1)
                .thenCancel()
                .verify(Duration.ofSeconds(30));
    }

    @Test
    void theEndOfTheStoreIsTheEndOfTheStream() {
        StepVerifier.create(events(List.of(Flux.error(new StoreClosedException()))))
                .verifyComplete();
        StepVerifier.create(events(List.of(Flux.empty()))).verifyComplete();
    }
}
