package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

class SignalsTest extends StoreTest {
    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    @Nested
    class Order {
        @Test
        void theCallerFindsTheNewStatusCommitted() {
            List<Long> seen = new ArrayList<>();
            web.updateSync(pid(7))
                    .doOnNext(status -> seen.add(web.current().pid()))
                    .block(PATIENCE);
            web.update(pid(8)).doOnNext(status -> seen.add(web.current().pid())).block(PATIENCE);
            assertThat(seen).containsExactly(7L, 8L);
        }

        @Test
        void aWatcherFindsTheNewStatusCommittedAndHearsOfItBeforeTheCaller() {
            List<String> order = new ArrayList<>();
            web.changes(Delivery.every(8).on(Schedulers.immediate()))
                    .skip(1)
                    .subscribe(change -> order.add("watcher " + change.current().pid() + " of "
                            + web.current().pid()));
            web.updateSync(pid(7))
                    .doOnNext(status -> order.add("caller " + status.pid()))
                    .block(PATIENCE);
            web.update(pid(8))
                    .doOnNext(status -> order.add("caller " + status.pid()))
                    .block(PATIENCE);
            assertThat(order).containsExactly("watcher 7 of 7", "caller 7", "watcher 8 of 8", "caller 8");
        }

        @Test
        void callersOfOneContainerHearInTheOrderOfTheirUpdates() {
            MemoryCheckpoints.Held write = checkpoints.holdNext();
            List<Long> order = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                web.updateSync(pid(i)).subscribe(status -> order.add(status.pid()));
            }
            write.complete();
            assertThat(order).isSorted().hasSize(20);
        }
    }

    @Nested
    class Threads {
        private final Scheduler disk = Schedulers.newSingle("test-disk");
        private final Scheduler signals = Schedulers.newSingle("test-signal");

        @BeforeEach
        void openWithThreads() {
            reopen(builder -> builder.signalScheduler(signals));
            web = store.find("web");
            checkpoints.answerOn(disk);
        }

        @AfterEach
        void endThreads() {
            disk.dispose();
            signals.dispose();
        }

        @Test
        void whatNeededTheDiskIsSignalledOnTheSignalScheduler() {
            Flux<String> threads = Flux.concat(
                    threadOf(store.create("db", CREATED)),
                    threadOf(web.updateSync(pid(7))),
                    threadOf(Mono.defer(() -> {
                        checkpoints.failNext(notWritten("web"));
                        return web.updateSync(pid(8)).onErrorReturn(CREATED);
                    })),
                    threadOf(web.delete().materialize()));
            StepVerifier.create(threads.map(name -> name.replaceAll("-\\d+$", "")))
                    .expectNext("test-signal", "test-signal", "test-signal", "test-signal")
                    .verifyComplete();
        }

        @Test
        void whatFailedAfterAWaitForAnotherLaneIsSignalledThereToo() {
            MemoryCheckpoints.Held write = checkpoints.holdNext();
            TestSubscriber<StatusStorage> first = subscribe(store.create("db", CREATED));
            checkpoints.answerOn(Schedulers.immediate());
            checkpoints.failNext(notWritten("db"));
            CompletableFuture<String> thread = new CompletableFuture<>();
            store.create("db", CREATED)
                    .subscribe(
                            created -> thread.complete("created"),
                            error -> thread.complete(Thread.currentThread().getName()));
            disk.schedule(() -> write.fail(notWritten("db")));
            assertThat(thread).succeedsWithin(PATIENCE).asString().startsWith("test-signal");
            first.block(PATIENCE);
            assertThat(first.expectTerminalError()).isInstanceOf(NotWrittenException.class);
        }

        @Test
        void whatWaitedBehindAWriteIsSignalledThereToo() {
            MemoryCheckpoints.Held write = checkpoints.holdNext();
            subscribe(web.updateSync(pid(7)));
            CompletableFuture<String> thread = threadOf(web.update(pid(8))).toFuture();
            disk.schedule(write::complete);
            assertThat(thread).succeedsWithin(PATIENCE).asString().startsWith("test-signal");
        }

        @Test
        void changesComeOnTheSignalSchedulerOrOnThatOfTheDelivery() {
            assertThat(web.changes()
                            .map(change -> Thread.currentThread().getName())
                            .blockFirst(PATIENCE))
                    .startsWith("test-signal");
            assertThat(web.changes(Delivery.latest().on(Schedulers.immediate()))
                            .map(change -> Thread.currentThread().getName())
                            .blockFirst(PATIENCE))
                    .isEqualTo(Thread.currentThread().getName());
        }

        private <T> Mono<String> threadOf(Mono<T> mono) {
            return mono.map(value -> Thread.currentThread().getName());
        }
    }

    @Nested
    class OnTheOwnScheduler {
        private final Scheduler disk = Schedulers.newSingle("test-disk");

        @BeforeEach
        void openWithTheDefaults() {
            store.close().block(PATIENCE);
            store = StatusStore.builder(checkpoints).open().block(PATIENCE);
            web = store.find("web");
            checkpoints.answerOn(disk);
        }

        @AfterEach
        void endThreads() {
            disk.dispose();
        }

        @Test
        void signalsComeOnDaemonThreadsNamedForTheirPurpose() {
            CompletableFuture<Thread> thread =
                    web.updateSync(pid(7)).map(status -> Thread.currentThread()).toFuture();
            assertThat(thread).succeedsWithin(PATIENCE).satisfies(signalling -> {
                assertThat(signalling.getName()).startsWith("status-signal");
                assertThat(signalling.isDaemon()).isTrue();
            });
        }

        @Test
        void aCallerThatBlocksInItsHandlerHoldsUpNoOneOfItsBatch() throws InterruptedException {
            MemoryCheckpoints.Held write = checkpoints.holdNext();
            subscribe(web.updateSync(pid(1)));
            CountDownLatch others = new CountDownLatch(19);
            CompletableFuture<Boolean> blocked = new CompletableFuture<>();
            for (int i = 0; i < 20; i++) {
                boolean blocks = i == 0;
                web.updateSync(pid(i)).subscribe(status -> {
                    if (blocks) {
                        blocked.complete(await(others));
                    } else {
                        others.countDown();
                    }
                });
            }
            write.complete();
            assertThat(blocked).succeedsWithin(PATIENCE).isEqualTo(true);
        }

        @Test
        void manyCallersEachGetTheirOwnResult() {
            List<CompletableFuture<Status>> callers = IntStream.range(0, 500)
                    .mapToObj(i -> web.updateSync(pid(i)).toFuture())
                    .toList();
            for (int i = 0; i < 500; i++) {
                long expected = i;
                assertThat(callers.get(i)).succeedsWithin(PATIENCE).satisfies(status -> assertThat(status.pid())
                        .isEqualTo(expected));
            }
        }

        private static boolean await(CountDownLatch latch) {
            try {
                return latch.await(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
