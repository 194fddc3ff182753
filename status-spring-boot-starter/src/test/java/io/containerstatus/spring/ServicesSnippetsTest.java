package io.containerstatus.spring;

import static io.containerstatus.StatusTransitions.created;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.RootLockedException;
import io.containerstatus.Status;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.InMemoryCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.retry.Retry;

/** The snippets of docs/services.md and docs/threads.md, run. */
class ServicesSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path root;

    @Test
    void opensOnceTheOlderInstanceHasEnded() {
        StatusStore older = Objects.requireNonNull(StatusStore.open(root).block(PATIENCE));
        // region retry
        Mono<StatusStore> opened = StatusStore.open(root)
                .retryWhen(Retry.fixedDelay(300, Duration.ofMillis(100))
                        .filter(RootLockedException.class::isInstance)
                        .onRetryExhaustedThrow((retry, last) -> last.failure()));
        // endregion
        Mono.delay(Duration.ofMillis(300)).then(older.close()).subscribe();
        StatusStore store = Objects.requireNonNull(opened.block(PATIENCE));
        assertThat(store.recovery().writable()).isTrue();
        store.close().block(PATIENCE);
    }

    /** The trace of a caller inside its update function. */
    @Nested
    @SuppressWarnings("try")
    class OfTracing {
        private static final String KEY = "trace";
        private static final int CALLERS = 64;
        private static final ThreadLocal<String> TRACE = new ThreadLocal<>();

        private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
        private final Map<Integer, String> traces = new ConcurrentHashMap<>();
        private StatusStorage web;

        // region trace
        private static final ContextSnapshotFactory SNAPSHOTS =
                ContextSnapshotFactory.builder().clearMissing(true).build();

        /** Updates with the thread-locals of the subscriber inside the function, and with no others. */
        static Mono<Status> traced(StatusStorage container, UnaryOperator<Status> function) {
            return Mono.deferContextual(context -> {
                        ContextSnapshot ofSubscriber = SNAPSHOTS.captureFrom(context);
                        return container.updateSync(status -> {
                            try (ContextSnapshot.Scope scope = ofSubscriber.setThreadLocals()) {
                                return function.apply(status);
                            }
                        });
                    })
                    .contextCapture();
        }
        // endregion

        @BeforeEach
        void register() {
            ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, TRACE);
            web = Objects.requireNonNull(StatusStore.builder(checkpoints)
                    .open()
                    .flatMap(store -> store.create("web-1", created(Instant.now())))
                    .block(PATIENCE));
        }

        @AfterEach
        void unregister() {
            ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
            TRACE.remove();
        }

        private Mono<Status> noting(int caller) {
            return traced(web, status -> {
                traces.put(caller, String.valueOf(TRACE.get()));
                return status.toBuilder().pid(caller).build();
            });
        }

        /** Subscribes while another write is under way, so that all functions run on the thread that goes on after it. */
        private void whileAnotherWrites(Function<Integer, CompletableFuture<Status>> subscribe) {
            Held held = checkpoints.holdNext();
            CompletableFuture<Status> first = web.updateSync(
                            status -> status.toBuilder().message("first").build())
                    .toFuture();
            List<CompletableFuture<Status>> others =
                    IntStream.rangeClosed(1, CALLERS).mapToObj(subscribe::apply).toList();
            assertThat(traces).isEmpty();
            TRACE.set("that of the thread that goes on");
            held.complete();
            first.join();
            others.forEach(CompletableFuture::join);
            assertThat(TRACE.get()).isEqualTo("that of the thread that goes on");
        }

        private Map<Integer, String> ofEachCaller() {
            return IntStream.rangeClosed(1, CALLERS)
                    .boxed()
                    .collect(Collectors.toMap(Function.identity(), caller -> "of " + caller));
        }

        @Test
        void eachFunctionHasThatOfItsCallersThread() {
            whileAnotherWrites(caller -> {
                TRACE.set("of " + caller);
                return noting(caller).toFuture();
            });
            assertThat(traces).isEqualTo(ofEachCaller());
        }

        @Test
        void eachFunctionHasThatOfItsReactorContext() {
            TRACE.remove();
            whileAnotherWrites(caller ->
                    noting(caller).contextWrite(Context.of(KEY, "of " + caller)).toFuture());
            assertThat(traces).isEqualTo(ofEachCaller());
        }

        @Test
        void aCallerWithoutATraceGetsNoOther() {
            TRACE.remove();
            whileAnotherWrites(caller -> noting(caller).toFuture());
            assertThat(traces)
                    .hasSize(CALLERS)
                    .containsValue("null")
                    .doesNotContainValue("that of the thread that goes on");
        }

        @Test
        void theObservationOfTheCallerIsTheCurrentOne() {
            ObservationRegistry registry = ObservationRegistry.create();
            registry.observationConfig().observationHandler(context -> true);
            ObservationThreadLocalAccessor.getInstance().setObservationRegistry(registry);
            Map<Integer, Observation> current = new ConcurrentHashMap<>();
            Map<Integer, Observation> started = new ConcurrentHashMap<>();
            whileAnotherWrites(caller -> {
                Observation observation = Observation.start("request", registry);
                started.put(caller, observation);
                try (Observation.Scope scope = observation.openScope()) {
                    return traced(web, status -> {
                                current.put(caller, registry.getCurrentObservation());
                                return status.toBuilder().pid(caller).build();
                            })
                            .toFuture();
                }
            });
            assertThat(current).hasSize(CALLERS).isEqualTo(started);
        }
    }
}
