package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.containerstatus.test.ManualScheduler;
import io.containerstatus.testing.FailingScheduler;
import io.containerstatus.testing.FailingScheduler.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

class SignalSchedulerTest extends StoreTest {
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
        void aWatcherFindsTheNewStatusCommittedAndReceivesItBeforeTheCaller() {
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
        void callersOfOneContainerReceiveResultsInTheOrderOfTheirUpdates() {
            Held write = checkpoints.holdNext();
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
            Held write = checkpoints.holdNext();
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
            Held write = checkpoints.holdNext();
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

    /** One task, and a scheduler that throws when it gets the task. */
    @Nested
    class ATaskRunsOnceWhenItsScheduler {
        private final ManualScheduler later = new ManualScheduler();
        private int runs;

        private void runOn(Scheduler scheduler) {
            assertThatCode(() -> SignalScheduler.run(() -> runs++, scheduler)).doesNotThrowAnyException();
        }

        private void assertRunsOnceThough(FailingScheduler.Thrown failure, Moment moment) {
            runOn(new FailingScheduler(later).fail(0, failure, moment));
            assertThat(runs).isEqualTo(1);
            later.runAll();
            assertThat(runs).isEqualTo(1);
        }

        @ParameterizedTest
        @EnumSource
        void throwsBeforeItTakesIt(FailingScheduler.Thrown failure) {
            assertRunsOnceThough(failure, Moment.BEFORE_TAKING);
        }

        @ParameterizedTest
        @EnumSource
        void throwsAfterItHasTakenIt(FailingScheduler.Thrown failure) {
            assertRunsOnceThough(failure, Moment.AFTER_TAKING);
        }

        @ParameterizedTest
        @EnumSource
        void throwsAfterItHasRunItAtOnce(FailingScheduler.Thrown failure) {
            runOn(new FailingScheduler(Schedulers.immediate()).fail(0, failure, Moment.AFTER_TAKING));
            assertThat(runs).isEqualTo(1);
        }

        @ParameterizedTest
        @EnumSource
        void throwsWhileAnotherThreadRunsIt(FailingScheduler.Thrown failure) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch thrown = new CountDownLatch(1);
            Scheduler thread = Schedulers.newSingle("other");
            try {
                // Returns only once the task runs. A manual scheduler cannot do that.
                Scheduler running = new Scheduler() {
                    @Override
                    public Disposable schedule(Runnable task) {
                        Disposable taken = thread.schedule(task);
                        assertThat(SimultaneousThreads.await(begun)).isTrue();
                        return taken;
                    }

                    @Override
                    public Worker createWorker() {
                        return thread.createWorker();
                    }
                };
                assertThatCode(() -> SignalScheduler.run(
                                () -> {
                                    runs++;
                                    begun.countDown();
                                    SimultaneousThreads.await(thrown);
                                },
                                new FailingScheduler(running).fail(0, failure, Moment.AFTER_TAKING)))
                        .doesNotThrowAnyException();
                assertThat(runs).isEqualTo(1);
            } finally {
                thrown.countDown();
                thread.dispose();
            }
        }

        @Test
        void runsItAtOnceAndItThrowsWhatASchedulerRefusesWith() {
            FailingScheduler inline = new FailingScheduler(Schedulers.immediate())
                    .fail(-1, FailingScheduler.Thrown.REJECTED, Moment.BEFORE_TAKING);
            for (Scheduler atOnce : List.of(Schedulers.immediate(), inline)) {
                runs = 0;
                RejectedExecutionException own = new RejectedExecutionException("of the task");
                assertThatThrownBy(() -> SignalScheduler.run(
                                () -> {
                                    runs++;
                                    throw own;
                                },
                                atOnce))
                        .isSameAs(own);
                assertThat(runs).isEqualTo(1);
            }
        }
    }

    /** As in a process that already has as many threads as it may have. */
    @Nested
    class WhereNoThreadCanBeHadForAMoment {
        private final ManualScheduler threads = new ManualScheduler();

        private FailingScheduler withoutAThreadAtCall(int failing) {
            return new FailingScheduler(threads)
                    .fail(failing, FailingScheduler.Thrown.OUT_OF_MEMORY, Moment.BEFORE_TAKING);
        }

        @Test
        void aCallerReceivesItsResult() {
            FailingScheduler signals = withoutAThreadAtCall(0);
            reopen(builder -> builder.signalScheduler(signals));
            web = store.find("web");
            TestSubscriber<Status> caller = TestSubscriber.create();
            assertThatCode(() -> web.updateSync(pid(7)).subscribe(caller)).doesNotThrowAnyException();
            assertThat(signals.calls()).isEqualTo(1);
            assertThat(caller.getReceivedOnNext()).containsExactly(web.current());
            assertThat(caller.isTerminatedComplete()).isTrue();
        }

        @Test
        void aSubscriberReceivesEveryFinalStateAndTheEnd() {
            FailingScheduler signals = withoutAThreadAtCall(1);
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes(Delivery.latest().on(signals)).subscribe(watcher);
            threads.runAll();
            web.updateSync(pid(7)).block(PATIENCE);
            assertThat(signals.calls()).isEqualTo(2);
            assertThat(watcher.getReceivedOnNext()).last().returns(7L, change -> change.current()
                    .pid());
            web.updateSync(pid(8)).block(PATIENCE);
            threads.runAll();
            assertThat(watcher.getReceivedOnNext()).last().returns(8L, change -> change.current()
                    .pid());
            store.close().block(PATIENCE);
            threads.runAll();
            assertThat(watcher.isTerminatedComplete()).isTrue();
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
            Held write = checkpoints.holdNext();
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
