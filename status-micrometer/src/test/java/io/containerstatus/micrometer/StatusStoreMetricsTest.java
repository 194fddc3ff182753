package io.containerstatus.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusTransitions;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class StatusStoreMetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Status CREATED = StatusTransitions.created(NOON);

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);

    private static <T> T get(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }

    private static UnaryOperator<Status> pid(long pid) {
        return status -> status.toBuilder().pid(pid).build();
    }

    /** Returns the value one second later, so that it comes from a new sample. */
    private double gauge(String name, String... tags) {
        clock.add(1, TimeUnit.SECONDS);
        return registry.get("container.status." + name).tags(tags).gauge().value();
    }

    @Nested
    class OfAStoreOnFiles {
        @TempDir
        Path root;

        @Test
        void reportItsContainersAndWhetherItIsWritable() {
            StatusStore store = get(StatusStore.open(root));
            new StatusStoreMetrics(store).bindTo(registry);
            assertThat(gauge("containers", "state", "running")).isZero();

            get(store.create("web", CREATED).flatMap(web -> web.apply(StatusTransitions.started(1, NOON))));
            get(store.create("db", CREATED).flatMap(web -> web.apply(StatusTransitions.started(2, NOON))));
            get(store.create("job", CREATED));
            store.changes().subscribe();
            assertThat(gauge("containers", "state", "running")).isEqualTo(2);
            assertThat(gauge("containers", "state", "created")).isEqualTo(1);
            assertThat(gauge("containers", "state", "exited")).isZero();
            assertThat(gauge("containers", "state", "unknown")).isZero();
            assertThat(gauge("subscribers")).isEqualTo(1);
            assertThat(gauge("writable")).isEqualTo(1);

            store.close().block(PATIENCE);
            assertThat(gauge("writable")).isZero();
        }

        @Test
        void reportHowFarTheFilesAreBehindAJournal() {
            StatusStore store = get(StatusStore.builder(root)
                    .journaled(Duration.ofHours(1), 1 << 20)
                    .open());
            new StatusStoreMetrics(store).bindTo(registry);
            assertThat(gauge("behind")).isZero();
            assertThat(gauge("behind.age")).isZero();

            StatusStorage web = get(store.create("web", CREATED));
            get(web.updateSync(pid(1)));
            assertThat(gauge("behind")).isEqualTo(1);
            // The value is in seconds: less than the hour, and positive.
            assertThat(gauge("behind.age")).isPositive().isLessThan(60);
            store.close().block(PATIENCE);
        }

        @Test
        void doNotKeepAClosedStore() {
            WeakReference<StatusStore> store = closedStoreWithGauges();
            await().atMost(PATIENCE).untilAsserted(() -> {
                System.gc();
                assertThat(store.get()).isNull();
            });
            assertThat(gauge("writable")).isNaN();
        }

        private WeakReference<StatusStore> closedStoreWithGauges() {
            StatusStore store = get(StatusStore.open(root));
            new StatusStoreMetrics(store).bindTo(registry);
            assertThat(gauge("writable")).isEqualTo(1);
            store.close().block(PATIENCE);
            return new WeakReference<>(store);
        }
    }

    @Nested
    class OfAStoreWhoseDiskObeys {
        private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        private final StatusStore store = get(StatusStore.builder(checkpoints).open());
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
        void reportFailuresUntilAWriteSucceeds() {
            new StatusStoreMetrics(store).bindTo(registry);
            fail(new NotWrittenException("web", "no space left", null));
            assertThat(gauge("writable")).isZero();
            assertThat(gauge("uncertain")).isZero();
            fail(new IndeterminateWriteException("web", "folder sync failed", null));
            assertThat(gauge("uncertain")).isEqualTo(1);
            get(web.updateSync(pid(1)));
            assertThat(gauge("writable")).isEqualTo(1);
            assertThat(gauge("uncertain")).isZero();
            assertThat(gauge("out.of.use")).isZero();
        }

        @Test
        void reportPendingOperations() {
            new StatusStoreMetrics(store).bindTo(registry);
            Held write = checkpoints.holdNext();
            web.updateSync(pid(1)).subscribe();
            Mono<Status> second = web.updateSync(pid(2)).cache();
            second.subscribe();
            assertThat(gauge("pending")).isEqualTo(1);
            write.complete();
            get(second);
            assertThat(gauge("pending")).isZero();
        }

        @Test
        void askTheStoreOnceASecondForAllOfThem() {
            List<String> calls = new ArrayList<>();
            StatusStore counted = (StatusStore) Proxy.newProxyInstance(
                    StatusStore.class.getClassLoader(), new Class<?>[] {StatusStore.class}, (proxy, method, given) -> {
                        calls.add(method.getName());
                        return method.invoke(store, given);
                    });
            new StatusStoreMetrics(counted).bindTo(registry);

            registry.getMeters().forEach(meter -> meter.measure().forEach(measured -> measured.getValue()));
            clock.add(999, TimeUnit.MILLISECONDS);
            registry.getMeters().forEach(meter -> meter.measure().forEach(measured -> measured.getValue()));
            assertThat(calls).containsExactlyInAnyOrder("countByState", "health");

            clock.add(1, TimeUnit.MILLISECONDS);
            registry.getMeters().forEach(meter -> meter.measure().forEach(measured -> measured.getValue()));
            assertThat(calls).hasSize(4);
        }

        @Test
        void stayUntilTheOneThatWasBoundFirstIsClosed() {
            StatusStoreMetrics first = new StatusStoreMetrics(store);
            StatusStore another =
                    get(StatusStore.builder(new InMemoryCheckpoints()).open());
            StatusStoreMetrics second = new StatusStoreMetrics(another);
            first.bindTo(registry);
            second.bindTo(registry);

            another.close().block(PATIENCE);
            second.close();
            assertThat(gauge("writable")).isEqualTo(1);

            first.close();
            assertThat(registry.getMeters()).isEmpty();
        }

        @Test
        void areRemovedFromEveryRegistryAtTheClose() {
            SimpleMeterRegistry second = new SimpleMeterRegistry();
            registry.counter("of.someone.else");
            StatusStoreMetrics metrics = new StatusStoreMetrics(store);
            metrics.bindTo(registry);
            metrics.bindTo(second);
            assertThat(second.getMeters()).hasSizeGreaterThan(4);

            metrics.close();
            assertThat(second.getMeters()).isEmpty();
            assertThat(registry.getMeters())
                    .extracting(meter -> meter.getId().getName())
                    .containsExactly("of.someone.else");
        }
    }
}
