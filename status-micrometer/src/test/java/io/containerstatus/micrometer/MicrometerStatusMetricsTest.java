package io.containerstatus.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.PendingUpdatesExceededException;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTooLargeException;
import io.containerstatus.StatusTransitions;
import io.containerstatus.SubscriberLaggedException;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
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
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

class MicrometerStatusMetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Status CREATED = StatusTransitions.created(Instant.parse("2026-03-01T12:00:00Z"));

    private final MeterRegistry registry = new SimpleMeterRegistry();

    private static UnaryOperator<Status> pid(long pid) {
        return status -> status.toBuilder().pid(pid).build();
    }

    private static <T> T get(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }

    @Nested
    class OfAStoreOnFiles {
        @TempDir
        Path root;

        @Test
        void countAndTimeWritesByKindAndOutcome() {
            StatusStore store = get(StatusStore.builder(root)
                    .metrics(new MicrometerStatusMetrics(registry))
                    .open());
            StatusStorage web = get(store.create("web", CREATED));
            get(web.updateSync(pid(1)));
            get(web.update(pid(2)));
            web.delete().block(PATIENCE);
            store.close().block(PATIENCE);

            assertThat(Meters.counts(registry))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "writes create success", 1L,
                            "writes update success", 1L,
                            "writes delete success", 1L,
                            "writes.wait create", 1L,
                            "writes.wait update", 1L,
                            "writes.wait delete", 1L,
                            "writes.operations create", 1L,
                            "writes.operations update", 1L,
                            "writes.operations delete", 1L,
                            "commits", 4L));
            Timer written = registry.get("container.status.writes")
                    .tags("kind", "update", "outcome", "success")
                    .timer();
            assertThat(written.totalTime(TimeUnit.NANOSECONDS)).isPositive().isLessThan(PATIENCE.toNanos());
        }

        @Test
        void thatThrowHarmNoOperation() throws IOException {
            List<Throwable> dropped = new CopyOnWriteArrayList<>();
            Hooks.onErrorDropped(dropped::add);
            StatusStore store = get(StatusStore.builder(root)
                    .metrics(new MicrometerStatusMetrics(new ThrowingRegistry()))
                    .open());
            StatusStorage web = get(store.create("web", CREATED));
            Status updated = get(web.updateSync(pid(1)));
            byte[] stored = Files.readAllBytes(root.resolve("web/status"));
            web.delete().block(PATIENCE);
            store.close().block(PATIENCE);

            assertThat(StatusCodec.decode(stored)).isEqualTo(updated);
            assertThat(root.resolve("web")).doesNotExist();
            // A write and a commit for each of the three operations.
            assertThat(dropped).hasSize(6).extracting(Throwable::getMessage).containsOnly(ThrowingRegistry.MESSAGE);
        }

        @AfterEach
        void resetHooks() {
            Hooks.resetOnErrorDropped();
        }
    }

    @Nested
    class OfAStoreWhoseDiskObeys {
        private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        private final StatusStore store = get(StatusStore.builder(checkpoints)
                .signalScheduler(Schedulers.immediate())
                .maxPendingUpdates(2)
                .metrics(new MicrometerStatusMetrics(registry, Tags.of("node", "n1")))
                .open());
        private final StatusStorage web = get(store.create("web", CREATED));

        @AfterEach
        void close() {
            store.close().block(PATIENCE);
        }

        private void fail(RuntimeException failure) {
            checkpoints.failNext(failure);
            StepVerifier.create(web.updateSync(pid(9)))
                    .expectError(failure.getClass())
                    .verify(PATIENCE);
        }

        @Test
        void distinguishFailuresByTheirOutcome() {
            fail(new NotWrittenException("web", "no space left", null));
            fail(new IndeterminateWriteException("web", "folder sync failed", null));
            fail(new IndeterminateWriteException("web", "folder sync failed", null));
            fail(new StatusTooLargeException("web", 2, 1));

            assertThat(Meters.counts(registry))
                    .containsEntry("writes update n1 not_written", 1L)
                    .containsEntry("writes update n1 indeterminate", 2L)
                    .containsEntry("writes update n1 refused", 1L)
                    .doesNotContainKey("writes update n1 success");
        }

        @Test
        void countOperationsThatShareAWriteAndThatAreRefused() {
            Held write = checkpoints.holdNext();
            TestSubscriber<Status> last = TestSubscriber.create();
            web.updateSync(pid(1)).subscribe();
            web.updateSync(pid(2)).subscribe();
            web.updateSync(pid(3)).subscribe(last);
            StepVerifier.create(web.updateSync(pid(4)))
                    .expectError(PendingUpdatesExceededException.class)
                    .verify(PATIENCE);
            write.complete();
            last.block(PATIENCE);

            DistributionSummary operations = registry.get("container.status.writes.operations")
                    .tags("kind", "update")
                    .summary();
            assertThat(operations.count()).isEqualTo(2);
            assertThat(operations.max()).isEqualTo(2);
            assertThat(Meters.counts(registry)).containsEntry("refused n1", 1L);
        }

        @Test
        void countSubscribersThatWereCutOffAndWhatTheyMissed() {
            TestSubscriber<StatusChange> ofStore =
                    TestSubscriber.builder().initialRequest(1).build();
            TestSubscriber<StatusChange> ofContainer =
                    TestSubscriber.builder().initialRequest(1).build();
            store.changes(Delivery.everyWithMaxLag(1)).subscribe(ofStore);
            web.changes(Delivery.everyWithMaxLag(2)).subscribe(ofContainer);
            for (int i = 1; i <= 3; i++) {
                get(web.update(pid(i)));
            }

            assertThat(missed("store", ofStore)).isEqualTo(missedBy(ofStore));
            assertThat(missed("container", ofContainer)).isEqualTo(missedBy(ofContainer));
            assertThat(Meters.counts(registry))
                    .containsEntry("lag n1 store", 1L)
                    .containsEntry("lag n1 container", 1L);
        }

        private double missed(String stream, TestSubscriber<StatusChange> subscriber) {
            assertThat(subscriber.isTerminatedError()).isTrue();
            return registry.get("container.status.lag")
                    .tags("stream", stream)
                    .summary()
                    .totalAmount();
        }

        private static double missedBy(TestSubscriber<StatusChange> subscriber) {
            return ((SubscriberLaggedException) Objects.requireNonNull(subscriber.expectTerminalError())).missed();
        }
    }

    @Test
    void leavesTheMetersThatAnotherOneUsesToTheLast() {
        MicrometerStatusMetrics first = new MicrometerStatusMetrics(registry);
        MicrometerStatusMetrics second = new MicrometerStatusMetrics(registry);

        first.close();
        first.close();
        second.recordCommit("web");
        assertThat(registry.get("container.status.commits").counter().count()).isEqualTo(1);

        second.close();
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void sharesNothingWithThoseOfAnotherRegistry() {
        SimpleMeterRegistry other = new SimpleMeterRegistry();
        MicrometerStatusMetrics there = new MicrometerStatusMetrics(other);

        new MicrometerStatusMetrics(registry).close();

        assertThat(registry.getMeters()).isEmpty();
        assertThat(other.getMeters()).isNotEmpty();
        there.close();
    }

    @Test
    void removesItsMetersAndNoOthers() {
        registry.counter("of.someone.else");
        MicrometerStatusMetrics metrics = new MicrometerStatusMetrics(registry);
        assertThat(registry.getMeters()).hasSizeGreaterThan(1);

        metrics.close();
        metrics.recordCommit("web");
        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsExactly("of.someone.else");
    }
}
