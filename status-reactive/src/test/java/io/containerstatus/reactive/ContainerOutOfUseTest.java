package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.ContainerOutOfUseException;
import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.containerstatus.testing.Child;
import io.containerstatus.testing.Logged;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/**
 * If the virtual machine fails in the middle of a lane, its container refuses everything, and
 * everything else continues.
 */
class ContainerOutOfUseTest extends StoreTest {
    /** The number of earlier reads of the time when a synced update begins its write. */
    private static final int WHEN_A_WRITE_BEGINS = 1;

    private static final Error FATAL = new InternalError("no memory");

    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    private <T> TestSubscriber<T> subscribeAndFail(Mono<T> mono, int reads, Error error) {
        TestSubscriber<T> caller = TestSubscriber.create();
        timer.breakAfter(reads, error);
        assertThatThrownBy(() -> mono.subscribe(caller)).isSameAs(error);
        return caller;
    }

    private void takeOutOfUse() {
        subscribeAndFail(web.updateSync(pid(7)), WHEN_A_WRITE_BEGINS, FATAL);
        checkpoints.takeCalls();
    }

    private static void assertOutOfUse(TestSubscriber<?> caller) {
        assertThat(caller.expectTerminalError())
                .isInstanceOfSatisfying(ContainerOutOfUseException.class, failure -> assertThat(failure.id())
                        .isIn("web", "db"))
                .hasCause(FATAL);
    }

    @Nested
    class TheContainer {
        @Test
        void failsTheOperationThatWasInterrupted() {
            TestSubscriber<Status> caller = subscribeAndFail(web.updateSync(pid(7)), WHEN_A_WRITE_BEGINS, FATAL);
            assertOutOfUse(caller);
            assertThat(web.current()).isEqualTo(CREATED);
            assertThat(checkpoints.takeCalls()).isEmpty();
        }

        @Test
        void refusesEveryLaterOperationAndWritesNothing() {
            takeOutOfUse();
            assertOutOfUse(subscribe(web.update(pid(8))));
            assertOutOfUse(subscribe(web.updateSync(pid(8))));
            assertOutOfUse(subscribe(web.updateSync(1, pid(8))));
            assertOutOfUse(subscribe(web.delete()));
            assertOutOfUse(subscribe(store.delete("web")));
            assertOutOfUse(subscribe(store.create("web", CREATED)));
            assertThat(checkpoints.takeCalls()).isEmpty();
            assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
        }

        @Test
        void canStillBeRead() {
            takeOutOfUse();
            assertThat(web.current()).isEqualTo(CREATED);
            assertThat(store.get("web")).isSameAs(web);
        }

        @Test
        void isNamedByTheHealth() {
            assertThat(store.health().outOfUse()).isEmpty();
            takeOutOfUse();
            assertThat(store.health().outOfUse()).containsExactly("web");
        }

        @Test
        void isReportedToTheOperatorOnceAsAnError() {
            try (Logged logged = new Logged("io.containerstatus.reactive")) {
                takeOutOfUse();
                subscribe(web.update(pid(8)));
                // As a second run does that breaks off.
                ((CheckpointStore) store).logOutOfUse("web", FATAL);
                assertThat(logged.lines())
                        .containsExactly("SEVERE container \"web\" is out of use until the store is opened again,"
                                + " because the virtual machine failed in it");
                assertThat(logged.causes()).containsExactly(FATAL);
            }
        }

        @Test
        void isOutOfUseWithALoggerThatThrows() {
            try (Logged logged = new Logged("io.containerstatus.reactive")) {
                logged.throwAlways();
                takeOutOfUse();
                assertOutOfUse(subscribe(web.update(pid(8))));
                assertThat(logged.lines()).hasSize(1);
            }
        }

        @Test
        void worksAgainWhenTheStoreIsOpenedAgain() {
            takeOutOfUse();
            reopen(builder -> builder);
            StepVerifier.create(store.find("web").updateSync(pid(9)))
                    .expectNextCount(1)
                    .verifyComplete();
            assertThat(checkpoints.stored("web").pid()).isEqualTo(9);
        }

        @Test
        void failsItsStreamsAndWaitsOldAndNew() {
            TestSubscriber<StatusChange> latest = TestSubscriber.create();
            TestSubscriber<StatusChange> every = TestSubscriber.create();
            web.changes().subscribe(latest);
            web.changes(Delivery.every(9)).subscribe(every);
            TestSubscriber<Status> wait = subscribe(web.await(status -> status.pid() == 7));
            takeOutOfUse();
            assertOutOfUse(latest);
            assertOutOfUse(every);
            assertOutOfUse(wait);
            StepVerifier.create(web.changes()).verifyError(ContainerOutOfUseException.class);
            StepVerifier.create(web.await(status -> true)).verifyError(ContainerOutOfUseException.class);
        }

        @Test
        void thatWasBeingCreatedDoesNotExist() {
            TestSubscriber<StatusStorage> caller =
                    subscribeAndFail(store.create("db", CREATED), WHEN_A_WRITE_BEGINS, FATAL);
            assertOutOfUse(caller);
            assertThat(store.get("db")).isNull();
            assertOutOfUse(subscribe(store.create("db", CREATED)));
        }
    }

    @Nested
    class OthersGoOn {
        @Test
        void asContainers() {
            StatusStorage db = container("db");
            takeOutOfUse();
            StepVerifier.create(db.updateSync(pid(8))).expectNextCount(1).verifyComplete();
            assertThat(store.health().outOfUse()).containsExactly("web");
        }

        @Test
        void asStreamsThatAreNotAboutIt() {
            StatusStorage db = container("db");
            TestSubscriber<StatusChange> ofDb = TestSubscriber.create();
            TestSubscriber<StatusChange> ofAll = TestSubscriber.create();
            store.changes(Delivery.every(9).idsStartingWith("db")).subscribe(ofDb);
            store.changes(Delivery.every(9)).subscribe(ofAll);
            takeOutOfUse();
            db.update(pid(8)).block(PATIENCE);
            assertOutOfUse(ofAll);
            assertThat(ofDb.getReceivedOnNext()).hasSize(2);
            assertThat(ofDb.isTerminated()).isFalse();
        }

        @Test
        void asTheEndOfTheStore() {
            takeOutOfUse();
            StepVerifier.create(store.close()).verifyComplete();
            assertThat(checkpoints.takeCalls()).containsExactly("close");
        }
    }

    @Nested
    class WhatWaits {
        @Test
        void failsWithTheBatchAndWhatCameBehindIt() {
            Held held = checkpoints.holdNext();
            TestSubscriber<Status> first = subscribe(web.updateSync(pid(7)));
            List<TestSubscriber<?>> waiting =
                    List.of(subscribe(web.updateSync(pid(8))), subscribe(web.update(pid(9))), subscribe(web.delete()));
            timer.breakAfter(1, FATAL); // When the next write begins; the earlier read is at the end of the first one.
            assertThatThrownBy(held::complete).isSameAs(FATAL);
            assertThat(first.isTerminatedComplete()).isTrue();
            assertThat(web.current().pid()).isEqualTo(7);
            assertThat(waiting).allSatisfy(ContainerOutOfUseTest::assertOutOfUse);
        }

        @Test
        void onAFullStackEndsWithTheNextOperationOfTheContainer() {
            TestSubscriber<Status> caller =
                    subscribeAndFail(web.updateSync(pid(7)), WHEN_A_WRITE_BEGINS, new StackOverflowError("deep"));
            assertThat(caller.isTerminated()).isFalse();
            StepVerifier.create(web.update(pid(8))).verifyError(ContainerOutOfUseException.class);
            assertThat(caller.expectTerminalError()).isInstanceOf(ContainerOutOfUseException.class);
            assertThat(store.health().pendingOperations()).isZero();
        }

        @Test
        void onAFullStackEndsWithTheStore() {
            TestSubscriber<Status> caller =
                    subscribeAndFail(web.updateSync(pid(7)), WHEN_A_WRITE_BEGINS, new StackOverflowError("deep"));
            store.close().block(PATIENCE);
            assertThat(caller.expectTerminalError()).isInstanceOf(ContainerOutOfUseException.class);
        }

        @Test
        void inADelayedBatchFails() {
            timer.waitFor(Duration.ofNanos(1));
            Held alone = checkpoints.holdNext();
            subscribe(web.updateSync(pid(6)));
            Held shared = checkpoints.holdNext();
            subscribe(web.updateSync(pid(7)));
            subscribe(web.updateSync(pid(8)));
            alone.complete();
            timer.pass(Duration.ofMillis(1));
            shared.complete();
            TestSubscriber<Status> delayed = subscribe(web.updateSync(pid(9)));
            assertThat(delayed.isTerminated()).isFalse();
            TestSubscriber<Status> next = subscribeAndFail(web.updateSync(pid(10)), WHEN_A_WRITE_BEGINS, FATAL);
            assertOutOfUse(delayed);
            assertOutOfUse(next);
        }
    }

    @Nested
    class WhatWasGivenToTheDisk {
        @Test
        void isUncertainIfItsEndCouldNotBeSettled() {
            Held held = checkpoints.holdNext();
            TestSubscriber<Status> caller = subscribe(web.updateSync(pid(7)));
            timer.breakAfter(0, FATAL); // When the end of the write is recorded.
            assertThatThrownBy(held::complete).isSameAs(FATAL);
            assertThat(caller.expectTerminalError())
                    .isInstanceOf(IndeterminateWriteException.class)
                    .hasCause(FATAL);
            assertThat(web.current()).isEqualTo(CREATED);
            assertThat(store.health().uncertain()).containsExactly("web");
        }

        @Test
        void isNotWrittenIfTheDiskSaysSo() {
            NotWrittenException failure = notWritten("web");
            Held held = checkpoints.holdNext();
            TestSubscriber<Status> caller = subscribe(web.updateSync(pid(7)));
            timer.breakAfter(0, FATAL);
            assertThatThrownBy(() -> held.fail(failure)).isSameAs(FATAL);
            assertThat(caller.expectTerminalError()).isSameAs(failure);
            assertThat(store.health().uncertain()).isEmpty();
        }
    }

    @Nested
    class UpdatesInAnswerToUpdates {
        private final CompletableFuture<Thread> lastOn = new CompletableFuture<>();

        /** Updates this number of times, each time when the previous update has ended. */
        private void repeat(int times) {
            web.update(status -> status.toBuilder().pid(status.pid() + 1).build())
                    .subscribe(status -> {
                        if (times > 1) {
                            repeat(times - 1);
                        } else {
                            lastOn.complete(Thread.currentThread());
                        }
                    });
        }

        @Test
        void nestToABoundAndGoOnOnThreadsOfTheStore() {
            reopenWithThreadsOfTheStore();
            repeat(20_000);
            assertThat(lastOn).succeedsWithin(PATIENCE);
            assertThat(web.current().pid()).isEqualTo(20_000);
            assertThat(store.health().outOfUse()).isEmpty();
        }

        @Test
        void stayOnTheCallersThreadUpToTheBound() {
            reopenWithThreadsOfTheStore();
            repeat(CallDepth.LIMIT);
            assertThat(lastOn).isCompletedWithValue(Thread.currentThread());
        }

        @Test
        void areExecutedInTheOrderOfTheirSubscriptionsBeyondTheBoundToo() {
            container("db");
            reopenWithThreadsOfTheStore();
            StatusStorage db = store.find("db");
            List<String> order = new CopyOnWriteArrayList<>();
            nest(CallDepth.LIMIT, () -> db.update(status -> note(order, "first", status))
                    .subscribe());
            db.update(status -> note(order, "second", status)).block(PATIENCE);
            assertThat(order).containsExactly("first", "second");
        }

        /** Runs this in handlers of updates that are nested this number of times. */
        private void nest(int times, Runnable innermost) {
            if (times == 0) {
                innermost.run();
            } else {
                web.update(status -> status.toBuilder().pid(status.pid() + 1).build())
                        .subscribe(status -> nest(times - 1, innermost));
            }
        }

        private Status note(List<String> order, String what, Status status) {
            order.add(what);
            return status.toBuilder().pid(status.pid() + 1).build();
        }

        @Test
        void ofManyContainersNestToTheSameBound() {
            reopenWithThreadsOfTheStore();
            List<StatusStorage> chain = Flux.range(0, 3_000)
                    .map(i -> container("c" + i))
                    .collectList()
                    .block(PATIENCE);
            for (int i = 0; i + 1 < chain.size(); i++) {
                StatusStorage next = chain.get(i + 1);
                chain.get(i)
                        .changes(Delivery.every(9).changesOnly().on(Schedulers.immediate()))
                        .subscribe(change -> next.update(pid(1)).subscribe());
            }
            StatusStorage last = chain.get(chain.size() - 1);
            chain.get(0).update(pid(1)).subscribe();
            StepVerifier.create(last.await(status -> status.pid() == 1))
                    .expectNextCount(1)
                    .verifyComplete();
            assertThat(store.health().outOfUse()).isEmpty();
        }

        private void reopenWithThreadsOfTheStore() {
            store.close().block(PATIENCE);
            store = StatusStore.builder(checkpoints).open().block(PATIENCE);
            web = store.find("web");
        }
    }

    /**
     * In a JVM of its own, because a class that could not be loaded for lack of stack stays unusable in that JVM.
     */
    @Test
    void callersAtTheEndOfTheirStacksLeaveEveryContainerInOrderAndTheStoreCloses()
            throws IOException, InterruptedException {
        try (Child program = Child.start(DeepStackProgram.class)) {
            program.succeeds();
        }
    }
}
