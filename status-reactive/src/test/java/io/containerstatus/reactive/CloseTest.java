package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.StoreClosedException;
import io.containerstatus.test.DelegatingCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.containerstatus.testing.Child;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

@Tag("long")
class CloseTest extends StoreTest {
    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    private static void assertThatItEnds(TestSubscriber<Void> closing) {
        closing.block(PATIENCE);
        assertThat(closing.isTerminatedComplete()).isTrue();
    }

    @Nested
    class WhatWasAccepted {
        @Test
        void finishesBeforeTheStoreIsClosed() {
            Held write = checkpoints.holdNext();
            List<TestSubscriber<Status>> accepted = IntStream.rangeClosed(1, 5)
                    .mapToObj(i -> subscribe(web.updateSync(pid(i))))
                    .toList();
            TestSubscriber<Status> memoryOnly = subscribe(web.update(pid(6)));
            TestSubscriber<Void> closing = subscribe(store.close());
            assertThat(closing.isTerminated()).isFalse();
            assertThat(checkpoints.takeCalls()).doesNotContain("close");
            write.complete();
            assertThat(accepted).allMatch(TestSubscriber::isTerminatedComplete);
            assertThat(memoryOnly.isTerminatedComplete()).isTrue();
            assertThatItEnds(closing);
            assertThat(checkpoints.stored("web").pid()).isEqualTo(6);
            assertThat(checkpoints.takeCalls()).containsExactly("write web", "close");
        }

        @Test
        void behindAFailingCreationEndsThoughAnErrorIsThrownInIt() {
            InMemoryCheckpoints other = new InMemoryCheckpoints();
            NoClassDefFoundError fatal = new NoClassDefFoundError("half a class path");
            StatusStore failing = StatusStore.builder(new DelegatingCheckpoints(other) {
                        @Override
                        public void requireStorable(String id, Status status) {
                            if (status.pid() == 2) {
                                throw fatal;
                            }
                        }
                    })
                    .signalScheduler(Schedulers.immediate())
                    .laneThreads(0)
                    .open()
                    .block(PATIENCE);
            Held write = other.holdNext();
            TestSubscriber<StatusStorage> first = subscribe(failing.create("db", CREATED));
            TestSubscriber<StatusStorage> second = subscribe(failing.create("db", pid(2).apply(CREATED)));
            TestSubscriber<StatusStorage> third = subscribe(failing.create("db", pid(3).apply(CREATED)));
            TestSubscriber<Void> closing = subscribe(failing.close());
            try {
                write.fail(notWritten("db"));
            } catch (NoClassDefFoundError thrown) {
                assertThat(thrown).isSameAs(fatal);
            }
            assertThatItEnds(closing);
            assertThat(first.isTerminatedError()).isTrue();
            assertThat(second.expectTerminalError()).isSameAs(fatal);
            assertThat(third.isTerminatedComplete()).isTrue();
            assertThat(other.takeCalls()).endsWith("close");
        }

        @Test
        void onManyContainersFinishesOnEach() {
            List<Held> writes = new ArrayList<>();
            List<TestSubscriber<?>> accepted = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                StatusStorage container = container("c" + i);
                writes.add(checkpoints.holdNext());
                accepted.add(subscribe(container.updateSync(pid(1))));
                accepted.add(subscribe(container.updateSync(pid(2))));
            }
            TestSubscriber<Void> closing = subscribe(store.close());
            writes.subList(0, 9).forEach(Held::complete);
            assertThat(closing.isTerminated()).isFalse();
            writes.get(9).complete();
            assertThat(accepted).allMatch(TestSubscriber::isTerminatedComplete);
            assertThatItEnds(closing);
        }

        @Test
        void behindAFailingCreationFinishesToo() {
            Held write = checkpoints.holdNext();
            TestSubscriber<StatusStorage> first = subscribe(store.create("db", CREATED));
            TestSubscriber<StatusStorage> second = subscribe(store.create("db", pid(7).apply(CREATED)));
            TestSubscriber<Void> closing = subscribe(store.close());
            Held secondWrite = checkpoints.holdNext();
            write.fail(notWritten("db"));
            assertThat(first.isTerminatedError()).isTrue();
            assertThat(closing.isTerminated()).isFalse();
            secondWrite.complete();
            assertThat(second.isTerminatedComplete()).isTrue();
            assertThatItEnds(closing);
            assertThat(checkpoints.stored("db").pid()).isEqualTo(7);
            assertThat(checkpoints.takeCalls()).endsWith("close");
        }

        @Test
        void behindADeletionFinishesToo() {
            Held deletion = checkpoints.holdNext();
            subscribe(web.delete());
            TestSubscriber<StatusStorage> creation = subscribe(store.create("web", pid(7).apply(CREATED)));
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            store.changes(Delivery.every(9)).subscribe(watcher);
            TestSubscriber<Void> closing = subscribe(store.close());
            deletion.complete();
            assertThat(creation.isTerminatedComplete()).isTrue();
            assertThatItEnds(closing);
            assertThat(checkpoints.stored("web").pid()).isEqualTo(7);
            assertThat(watcher.getReceivedOnNext())
                    .extracting(StatusChange::kind)
                    .containsExactly(StatusChange.Kind.SNAPSHOT, StatusChange.Kind.DELETED, StatusChange.Kind.CREATED);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @Test
        void isEmittedToTheStreamsBeforeTheyComplete() {
            TestSubscriber<StatusChange> ofContainer = TestSubscriber.create();
            TestSubscriber<StatusChange> ofStore = TestSubscriber.create();
            web.changes().subscribe(ofContainer);
            store.changes().subscribe(ofStore);
            Held write = checkpoints.holdNext();
            subscribe(web.updateSync(pid(7)));
            subscribe(store.close());
            assertThat(ofContainer.isTerminated()).isFalse();
            assertThat(ofStore.isTerminated()).isFalse();
            write.complete();
            assertThat(ofContainer.getReceivedOnNext()).hasSize(2);
            assertThat(ofContainer.isTerminatedComplete()).isTrue();
            assertThat(ofStore.getReceivedOnNext()).hasSize(2);
            assertThat(ofStore.isTerminatedComplete()).isTrue();
        }
    }

    @Nested
    class WhatComesLater {
        @Test
        void failsAndRunsNothing() {
            AtomicInteger runs = new AtomicInteger();
            Mono<Status> update = web.update(status -> {
                runs.incrementAndGet();
                return status;
            });
            Held write = checkpoints.holdNext();
            subscribe(web.updateSync(pid(1)));
            TestSubscriber<Void> closing = subscribe(store.close());
            StepVerifier.create(update).verifyError(StoreClosedException.class);
            write.complete();
            assertThatItEnds(closing);
            checkpoints.takeCalls();
            StepVerifier.create(update).verifyError(StoreClosedException.class);
            StepVerifier.create(web.updateSync(pid(2))).verifyError(StoreClosedException.class);
            StepVerifier.create(web.updateSync(2, pid(2))).verifyError(StoreClosedException.class);
            StepVerifier.create(web.delete()).verifyError(StoreClosedException.class);
            StepVerifier.create(store.delete("web")).verifyError(StoreClosedException.class);
            StepVerifier.create(store.create("db", CREATED)).verifyError(StoreClosedException.class);
            assertThat(runs).hasValue(0);
            assertThat(checkpoints.takeCalls()).isEmpty();
        }

        @Test
        void stillReadsWhatWasThere() {
            web.update(pid(7)).block(PATIENCE);
            store.close().block(PATIENCE);
            assertThat(web.current().pid()).isEqualTo(7);
            assertThat(web.revision()).isEqualTo(2);
            assertThat(store.list()).containsExactly(web);
            assertThat(store.find("web")).isSameAs(web);
        }
    }

    @Nested
    class TheEnd {
        @Test
        void startsAtTheSubscription() {
            store.close();
            StepVerifier.create(web.updateSync(pid(1))).expectNextCount(1).verifyComplete();
        }

        @Test
        void comesOnceForAllWhoWaitForIt() {
            Held write = checkpoints.holdNext();
            subscribe(web.updateSync(pid(1)));
            TestSubscriber<Void> first = subscribe(store.close());
            TestSubscriber<Void> second = subscribe(store.close());
            write.complete();
            assertThatItEnds(first);
            assertThatItEnds(second);
            StepVerifier.create(store.close()).verifyComplete();
            assertThat(checkpoints.takeCalls()).containsOnlyOnce("close");
        }

        @Test
        void comesOnceForManyThreads() {
            Flux.range(0, 16)
                    .flatMap(i -> store.close().subscribeOn(Schedulers.boundedElastic()), 16)
                    .blockLast(PATIENCE);
            assertThat(checkpoints.takeCalls()).containsOnlyOnce("close");
        }

        @Test
        void isNotStoppedByThoseWhoNoLongerWaitForIt() {
            Held write = checkpoints.holdNext();
            subscribe(web.updateSync(pid(1)));
            subscribe(store.close()).cancel();
            write.complete();
            StepVerifier.create(store.close()).verifyComplete();
            assertThat(checkpoints.takeCalls()).endsWith("close").containsOnlyOnce("close");
        }

        @Test
        void reportsTheFailureOfTheAdapter() {
            IllegalStateException failure = new IllegalStateException("lock");
            InMemoryCheckpoints other = new InMemoryCheckpoints();
            other.closeWith(Mono.error(failure));
            StatusStore failing = StatusStore.builder(other).open().block(PATIENCE);
            StepVerifier.create(failing.close()).verifyErrorMessage("lock");
        }

        @Test
        void comesThoughTheAdapterThrowsInsteadOfFailing() {
            IllegalStateException thrown = new IllegalStateException("thrown");
            InMemoryCheckpoints other = new InMemoryCheckpoints();
            StatusStore failing = StatusStore.builder(new DelegatingCheckpoints(other) {
                        @Override
                        public Mono<Void> close() {
                            throw thrown;
                        }
                    })
                    .open()
                    .block(PATIENCE);
            StatusStorage a = failing.create("a", CREATED).block(PATIENCE);
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            a.changes().subscribe(watcher);
            StepVerifier.create(failing.close())
                    .verifyErrorSatisfies(error -> assertThat(error).isSameAs(thrown));
            watcher.block(PATIENCE);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        /**
         * In a JVM of its own, because a class that could not be loaded for lack of stack stays unusable in
         * that JVM.
         */
        @Test
        void comesWhereverOnAStackItIsAskedFor() throws IOException, InterruptedException {
            try (Child program = Child.start(DeepCloseProgram.class)) {
                program.succeeds();
            }
        }

        @Test
        void mayBeAskedForByAWatcher() {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes()
                    .doOnNext(change -> {
                        if (change.revision() == 2) {
                            subscribe(store.close());
                        }
                    })
                    .subscribe(watcher);
            web.updateSync(pid(1)).block(PATIENCE);
            assertThat(watcher.isTerminatedComplete()).isTrue();
        }

        @Test
        void mayBeAskedForByAnUpdateFunction() {
            List<TestSubscriber<Void>> closing = new ArrayList<>();
            StepVerifier.create(web.updateSync(status -> {
                        closing.add(subscribe(store.close()));
                        return pid(7).apply(status);
                    }))
                    .expectNextCount(1)
                    .verifyComplete();
            assertThatItEnds(closing.get(0));
            assertThat(checkpoints.stored("web").pid()).isEqualTo(7);
        }
    }

    @Nested
    class Threads {
        private List<String> signalThreads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.startsWith("status-"))
                    .toList();
        }

        @BeforeEach
        void openWithTheDefaults() {
            store.close().block(PATIENCE);
            store = StatusStore.builder(checkpoints).open().block(PATIENCE);
            web = store.find("web");
        }

        @Test
        void ofTheStoresOwnAreGone() {
            checkpoints.answerOn(Schedulers.boundedElastic());
            Flux.range(0, 50).flatMap(i -> web.updateSync(pid(i)), 50).blockLast(PATIENCE);
            web.changes().blockFirst(PATIENCE);
            assertThat(signalThreads()).isNotEmpty();
            store.close().block(PATIENCE);
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(signalThreads())
                    .isEmpty());
        }

        @Test
        void areNotStartedBeforeTheyAreNeeded() {
            // The threads of an earlier test's store end a moment after its close.
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(signalThreads())
                    .isEmpty());
            web.update(pid(7)).block(PATIENCE);
            assertThat(signalThreads()).isEmpty();
        }

        @Test
        void ofTheCallerAreLeftAlone() {
            Scheduler signals = Schedulers.newSingle("test-signal");
            reopen(builder -> builder.signalScheduler(signals));
            store.find("web").changes().blockFirst(PATIENCE);
            store.close().block(PATIENCE);
            assertThat(signals.isDisposed()).isFalse();
            signals.dispose();
        }

        @Test
        void thatASubscriberBlocksDelayTheEndByTheGraceOnly() throws InterruptedException {
            CountDownLatch arrived = new CountDownLatch(1);
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            web.changes().subscribe(change -> {
                arrived.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.complete(true);
                }
            });
            assertThat(arrived.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            long start = System.nanoTime();
            store.close().block(PATIENCE);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(4500), Duration.ofSeconds(15));
            assertThat(interrupted).succeedsWithin(PATIENCE);
            assertThat(checkpoints.takeCalls()).endsWith("close");
        }

        @Test
        void ofAGivenSchedulerThatASubscriberBlocksAreNotNeeded() throws InterruptedException {
            Scheduler signals = Schedulers.newSingle("test-signal");
            reopen(builder -> builder.signalScheduler(signals));
            web = store.find("web");
            CountDownLatch blocked = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            web.changes().subscribe(change -> block(blocked, release));
            assertThat(blocked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Held write = checkpoints.holdNext();
            subscribe(web.updateSync(pid(7)));
            TestSubscriber<Void> closing = subscribe(store.close());
            try {
                write.complete();
                assertThatItEnds(closing);
                assertThat(checkpoints.takeCalls()).endsWith("close");
            } finally {
                release.countDown();
                signals.dispose();
            }
        }

        /** Other uses of Reactor's shared schedulers in the program must not keep the lock from being given up. */
        @Test
        void ofReactorsSharedSchedulersAreNotNeeded() {
            CountDownLatch release = new CountDownLatch(1);
            int threads = Schedulers.DEFAULT_POOL_SIZE;
            CountDownLatch blocked = new CountDownLatch(2 * threads);
            for (int i = 0; i < threads; i++) {
                Schedulers.parallel().schedule(() -> block(blocked, release));
                Schedulers.boundedElastic().schedule(() -> block(blocked, release));
            }
            try {
                Awaitility.await().atMost(PATIENCE).until(() -> blocked.getCount() == 0);
                checkpoints.answerOn(Schedulers.immediate());
                web.updateSync(pid(7)).block(PATIENCE);
                store.close().block(PATIENCE);
                assertThat(checkpoints.takeCalls()).endsWith("close");
            } finally {
                release.countDown();
            }
        }

        private static void block(CountDownLatch blocked, CountDownLatch release) {
            blocked.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Test
        void whoBlocksOnItInAHandlerIsInterruptedAndTheStoreEnds() {
            CompletableFuture<Throwable> interrupted = new CompletableFuture<>();
            web.changes()
                    .take(1)
                    .doOnNext(change -> {
                        // Blocks a thread of the store for which the close waits. The close must stop waiting
                        // in time.
                        try {
                            store.close().block(PATIENCE);
                            interrupted.completeExceptionally(new AssertionError("ended while a handler was inside"));
                        } catch (RuntimeException e) {
                            interrupted.complete(e);
                        }
                    })
                    .subscribe();
            assertThat(interrupted)
                    .succeedsWithin(PATIENCE, as(InstanceOfAssertFactories.THROWABLE))
                    .hasRootCauseInstanceOf(InterruptedException.class);
            store.close().block(PATIENCE);
        }

        @Test
        void ofSignalsThatAreStillUnderWayAreWaitedFor() {
            checkpoints.answerOn(Schedulers.boundedElastic());
            CountDownLatch started = new CountDownLatch(1);
            CompletableFuture<Boolean> handled = web.updateSync(pid(7))
                    .map(status -> {
                        started.countDown();
                        return pause();
                    })
                    .toFuture();
            TestSubscriber<Void> closing = subscribe(store.close());
            assertThat(started.getCount() == 0 || !closing.isTerminated()).isTrue();
            closing.block(PATIENCE);
            assertThat(handled).isCompletedWithValue(true);
        }

        /** Pauses for so long that a close without a wait would end first. */
        private static boolean pause() {
            try {
                return !new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                return false;
            }
        }
    }
}
