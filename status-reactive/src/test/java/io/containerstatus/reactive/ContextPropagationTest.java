package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.test.InMemoryCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/** With Reactor's automatic context propagation, each subscriber has its thread-locals wherever it is called. */
class ContextPropagationTest extends StoreTest {
    private static final String KEY = "user";
    private static final ThreadLocal<@Nullable String> USER = new ThreadLocal<>();

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    private static final class UserAccessor implements ThreadLocalAccessor<String> {
        @Override
        public Object key() {
            return KEY;
        }

        @Override
        public @Nullable String getValue() {
            return USER.get();
        }

        @Override
        public void setValue(String user) {
            USER.set(user);
        }

        @Override
        public void setValue() {
            USER.remove();
        }
    }

    @BeforeEach
    void propagate() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(new UserAccessor());
        Hooks.enableAutomaticContextPropagation();
        // Signals and disk work run on threads without the caller's thread-locals.
        store.close().block(PATIENCE);
        store = StatusStore.builder(checkpoints).open().block(PATIENCE);
        checkpoints.answerOn(Schedulers.boundedElastic());
    }

    @AfterEach
    void stopPropagating() {
        Hooks.disableAutomaticContextPropagation();
        ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
        USER.remove();
    }

    static Stream<Map.Entry<String, Delivery>> deliveries() {
        return TckChangesTest.deliveries();
    }

    /** Subscribes as ann, and notes the user at each signal. */
    private CountDownLatch watch(Publisher<?> source, int signals) {
        CountDownLatch arrived = new CountDownLatch(signals);
        Flux.from(source)
                .doOnNext(value -> note("next", arrived))
                .doOnComplete(() -> note("complete", arrived))
                .doOnError(failure -> note("error", arrived))
                .onErrorComplete()
                .contextWrite(Context.of(KEY, "ann"))
                .subscribe();
        return arrived;
    }

    private void note(String signal, CountDownLatch arrived) {
        seen.add(signal + " " + USER.get());
        arrived.countDown();
    }

    private void assertThatArrive(CountDownLatch arrived, String... signals) throws InterruptedException {
        assertThat(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(seen).containsExactly(signals);
    }

    @Nested
    class OfStreams {
        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContextPropagationTest#deliveries")
        void eachSignalOfAContainerHasThem(Map.Entry<String, Delivery> delivery) throws InterruptedException {
            StatusStorage web = container("web");
            boolean snapshot = delivery.getValue().withSnapshot();
            CountDownLatch arrived = watch(web.changes(delivery.getValue()), snapshot ? 3 : 2);
            if (snapshot) {
                // Otherwise, the newest change may already be the deletion.
                Awaitility.await().until(() -> !seen.isEmpty());
            }
            web.delete().block(PATIENCE);
            if (snapshot) {
                assertThatArrive(arrived, "next ann", "next ann", "complete ann");
            } else {
                assertThatArrive(arrived, "next ann", "complete ann");
            }
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContextPropagationTest#deliveries")
        void eachSignalOfAStoreHasThem(Map.Entry<String, Delivery> delivery) throws InterruptedException {
            CountDownLatch arrived = watch(store.changes(delivery.getValue()), 2);
            container("web");
            store.close().block(PATIENCE);
            assertThatArrive(arrived, "next ann", "complete ann");
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ContextPropagationTest#deliveries")
        void theErrorHasThem(Map.Entry<String, Delivery> delivery) throws InterruptedException {
            store.close().block(PATIENCE);
            assertThatArrive(watch(store.changes(delivery.getValue()), 1), "error ann");
        }

        @Test
        void eachSubscriberHasItsOwn() throws InterruptedException {
            StatusStorage web = container("web");
            CountDownLatch arrived = new CountDownLatch(2);
            for (String user : List.of("ann", "bob")) {
                web.changes(Delivery.every(10).changesOnly().on(Schedulers.immediate()))
                        .doOnNext(change -> {
                            seen.add(user + " " + USER.get());
                            arrived.countDown();
                        })
                        .contextWrite(Context.of(KEY, user))
                        .subscribe();
            }
            USER.set("cid");
            web.update(pid(1)).block(PATIENCE);
            assertThatArrive(arrived, "ann ann", "bob bob");
            assertThat(USER.get()).isEqualTo("cid");
        }
    }

    @Nested
    class OfMonos {
        static Stream<Map.Entry<String, Function<StatusStore, Mono<?>>>> monos() {
            return Stream.of(
                    Map.entry("create", store -> store.create("other", CREATED)),
                    Map.entry("update", store -> store.find("web").update(pid(1))),
                    Map.entry("updateSync", store -> store.find("web").updateSync(pid(1))),
                    Map.entry("updateSync at a revision", store -> store.find("web")
                            .updateSync(1, pid(1))),
                    Map.entry("await", store -> store.find("web").await(status -> true)),
                    Map.entry("open", store -> StatusStore.builder(new InMemoryCheckpoints())
                            .open()));
        }

        static Stream<Map.Entry<String, Function<StatusStore, Mono<?>>>> emptyMonos() {
            return Stream.of(
                    Map.entry("delete", store -> store.find("web").delete()),
                    Map.entry("delete of the store", store -> store.delete("web")),
                    Map.entry("close", StatusStore::close));
        }

        static Stream<Map.Entry<String, Function<StatusStore, Mono<?>>>> failingMonos() {
            return Stream.of(
                    Map.entry("create", store -> store.create("web", CREATED)),
                    Map.entry("an id that is none", store -> store.create("/", CREATED)),
                    Map.entry("updateSync", store -> store.find("web").updateSync(status -> null)),
                    Map.entry("a disk that fails", store -> store.find("web").updateSync(pid(9))),
                    Map.entry("await", store -> store.find("web").await(status -> {
                        throw new IllegalStateException();
                    })));
        }

        @ParameterizedTest
        @MethodSource("monos")
        void theValueAndTheEndHaveThem(Map.Entry<String, Function<StatusStore, Mono<?>>> mono)
                throws InterruptedException {
            container("web");
            assertThatArrive(watch(mono.getValue().apply(store), 2), "next ann", "complete ann");
        }

        @ParameterizedTest
        @MethodSource("emptyMonos")
        void theEndHasThem(Map.Entry<String, Function<StatusStore, Mono<?>>> mono) throws InterruptedException {
            container("web");
            assertThatArrive(watch(mono.getValue().apply(store), 1), "complete ann");
        }

        @ParameterizedTest
        @MethodSource("failingMonos")
        void theErrorHasThem(Map.Entry<String, Function<StatusStore, Mono<?>>> mono) throws InterruptedException {
            container("web");
            checkpoints.failNext(notWritten("web"));
            assertThatArrive(watch(mono.getValue().apply(store), 1), "error ann");
        }

        @Test
        void theWaitThatLastsHasThem() throws InterruptedException {
            StatusStorage web = container("web");
            CountDownLatch arrived = watch(web.await(status -> status.pid() == 5), 2);
            web.update(pid(5)).block(PATIENCE);
            assertThatArrive(arrived, "next ann", "complete ann");
        }
    }

    @Nested
    class OfFunctions {
        @Test
        void anUpdateThatRunsAtOnceHasThoseOfItsSubscriber() {
            StatusStorage web = container("web");
            USER.set("ann");
            web.update(this::noteInFunction).block(PATIENCE);
            assertThat(seen).containsExactly("function ann");
        }

        @Test
        void anUpdateThatWaitedForTheDiskHasNoOnes() {
            StatusStorage web = container("web");
            Held held = checkpoints.holdNext();
            web.updateSync(pid(1)).contextWrite(Context.of(KEY, "bob")).subscribe();
            web.update(this::noteInFunction)
                    .contextWrite(Context.of(KEY, "ann"))
                    .subscribe();
            held.complete();
            assertThat(seen).containsExactly("function null");
        }

        @Test
        void anUpdateThatWaitedForAnotherMayHaveThoseOfThatOne() {
            StatusStorage web = container("web");
            Mono<Status> inside = web.update(this::noteInFunction).contextWrite(Context.of(KEY, "ann"));
            USER.set("bob");
            web.update(status -> {
                        inside.subscribe();
                        return status;
                    })
                    .block(PATIENCE);
            assertThat(seen).containsExactly("function bob");
        }

        private Status noteInFunction(Status status) {
            seen.add("function " + USER.get());
            return status;
        }

        @Test
        void thePredicateOfAWaitHasThoseOfItsSubscriber() {
            StatusStorage web = container("web");
            Mono<?> waits = web.await(status -> {
                        seen.add("predicate " + USER.get());
                        return status.pid() == 1;
                    })
                    .contextWrite(Context.of(KEY, "ann"))
                    .cache();
            waits.subscribe();
            web.update(pid(1)).contextWrite(Context.of(KEY, "bob")).block(PATIENCE);
            waits.block(PATIENCE);
            assertThat(seen).containsExactly("predicate ann", "predicate ann");
        }
    }
}
