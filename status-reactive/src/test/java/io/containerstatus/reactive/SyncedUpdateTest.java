package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.RevisionConflictException;
import io.containerstatus.Status;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.containerstatus.test.ManualScheduler;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

class SyncedUpdateTest extends StoreTest {
    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    @Nested
    class OnAHealthyDisk {
        @Test
        void changesMemoryAndDisk() {
            StepVerifier.create(web.updateSync(pid(7)))
                    .expectNextMatches(status -> status.pid() == 7)
                    .verifyComplete();
            assertThat(web.current().pid()).isEqualTo(7);
            assertThat(web.revision()).isEqualTo(2);
            assertThat(checkpoints.stored("web")).isEqualTo(web.current());
            assertThat(checkpoints.takeCalls()).containsExactly("write web");
        }

        @Test
        void isSignalledOnTheSignalSchedulerHoweverFastTheDiskIs() {
            ManualScheduler signals = new ManualScheduler();
            reopen(builder -> builder.signalScheduler(signals));
            web = store.find("web");
            TestSubscriber<Status> caller = subscribe(web.updateSync(pid(7)));
            assertThat(web.current().pid()).isEqualTo(7);
            assertThat(caller.isTerminated()).isFalse();
            signals.runAll();
            assertThat(caller.isTerminatedComplete()).isTrue();
        }

        @Test
        void showsNothingToReadersWhileItIsBeingWritten() {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes().subscribe(watcher);
            Held write = checkpoints.holdNext();
            StepVerifier.create(web.updateSync(pid(7)))
                    .expectSubscription()
                    .then(() -> {
                        assertThat(write.hasArrived()).isTrue();
                        assertThat(web.current()).isEqualTo(CREATED);
                        assertThat(web.revision()).isEqualTo(1);
                        assertThat(watcher.getReceivedOnNext()).hasSize(1);
                    })
                    .then(write::complete)
                    .expectNextMatches(status -> status.pid() == 7)
                    .verifyComplete();
            assertThat(watcher.getReceivedOnNext()).hasSize(2);
        }

        @Test
        void isATransactionForEachSubscription() {
            AtomicInteger calls = new AtomicInteger();
            Mono<Status> update = web.updateSync(
                    status -> status.toBuilder().pid(calls.incrementAndGet()).build());
            assertThat(checkpoints.takeCalls()).isEmpty();
            StepVerifier.create(update.map(Status::pid).repeat(1))
                    .expectNext(1L, 2L)
                    .verifyComplete();
            assertThat(checkpoints.takeCalls()).containsExactly("write web", "write web");
        }

        @Test
        void runsWithoutDemandAndKeepsItsResultForIt() {
            StepVerifier.create(web.updateSync(pid(7)), 0)
                    .expectSubscription()
                    .then(() -> assertThat(checkpoints.stored("web").pid()).isEqualTo(7))
                    .thenRequest(1)
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }

    @Nested
    class OfAnEqualStatus {
        private final UnaryOperator<Status> same = status -> status.toBuilder().build();

        @Test
        void writesNothingWhenTheDiskHoldsIt() {
            StepVerifier.create(web.updateSync(same)).expectNext(CREATED).verifyComplete();
            assertThat(checkpoints.takeCalls()).isEmpty();
            assertThat(web.revision()).isEqualTo(1);
        }

        @Test
        void writesOnceAfterAMemoryOnlyUpdate() {
            web.update(pid(7)).block(PATIENCE);
            StepVerifier.create(web.updateSync(same).then(web.updateSync(same)))
                    .expectNextCount(1)
                    .verifyComplete();
            assertThat(checkpoints.takeCalls()).containsExactly("write web");
            assertThat(checkpoints.stored("web").pid()).isEqualTo(7);
        }

        @Test
        void publishesNothingAndRaisesNoRevisionWhenItWrites() {
            web.update(pid(7)).block(PATIENCE);
            TestSubscriber<StatusChange> latest = TestSubscriber.create();
            TestSubscriber<StatusChange> every = TestSubscriber.create();
            web.changes().subscribe(latest);
            web.changes(Delivery.every(8)).subscribe(every);
            web.updateSync(same).block(PATIENCE);
            assertThat(web.revision()).isEqualTo(2);
            assertThat(latest.getReceivedOnNext()).hasSize(1);
            assertThat(every.getReceivedOnNext()).hasSize(1);
        }

        @Test
        void writesOnceAfterAnIndeterminateWrite() {
            checkpoints.failNextAfterTheEffect(indeterminate("web"));
            StepVerifier.create(web.updateSync(pid(7))).verifyError(IndeterminateWriteException.class);
            checkpoints.takeCalls();
            StepVerifier.create(web.updateSync(same).then(web.updateSync(same)))
                    .expectNext(CREATED)
                    .verifyComplete();
            assertThat(checkpoints.takeCalls()).containsExactly("write web");
            assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
        }

        @Test
        void writesAgainWhileTheDiskIsBehindAfterAFailure() {
            web.update(pid(7)).block(PATIENCE);
            checkpoints.failNext(notWritten("web"));
            StepVerifier.create(web.updateSync(same)).verifyError(NotWrittenException.class);
            StepVerifier.create(web.updateSync(same)).expectNextCount(1).verifyComplete();
            assertThat(checkpoints.stored("web").pid()).isEqualTo(7);
        }

        @Test
        void writesOnceAfterARecovery() {
            reopen(builder -> builder);
            StatusStorage recovered = store.find("web");
            StepVerifier.create(recovered.updateSync(same).then(recovered.updateSync(same)))
                    .expectNextCount(1)
                    .verifyComplete();
            assertThat(checkpoints.takeCalls()).containsExactly("write web");
        }

        @Test
        void isDurableInAStreamOnlyOnceItWasWritten() {
            web.update(pid(7)).block(PATIENCE);
            assertThat(web.changes().blockFirst(PATIENCE).durable()).isFalse();
            web.updateSync(same).block(PATIENCE);
            assertThat(web.changes().blockFirst(PATIENCE).durable()).isTrue();
        }
    }

    @Nested
    class AtAnExpectedRevision {
        @Test
        void runsWhenTheContainerIsThere() {
            StepVerifier.create(web.updateSync(1, pid(7))).expectNextCount(1).verifyComplete();
            assertThat(web.revision()).isEqualTo(2);
        }

        @Test
        void failsWithoutRunningTheFunctionWhenItIsNot() {
            web.update(pid(6)).block(PATIENCE);
            AtomicInteger calls = new AtomicInteger();
            StepVerifier.create(web.updateSync(1, status -> {
                        calls.incrementAndGet();
                        return status;
                    }))
                    .verifyErrorSatisfies(error -> assertThat(error)
                            .isInstanceOfSatisfying(RevisionConflictException.class, conflict -> {
                                assertThat(conflict.id()).isEqualTo("web");
                                assertThat(conflict.expected()).isEqualTo(1);
                                assertThat(conflict.actual()).isEqualTo(2);
                            }));
            assertThat(calls).hasValue(0);
            assertThat(checkpoints.takeCalls()).isEmpty();
        }

        @Test
        void letsOneOfTwoRivalsThrough() {
            Held write = checkpoints.holdNext();
            TestSubscriber<Status> first = subscribe(web.updateSync(1, pid(1)));
            TestSubscriber<Status> second = subscribe(web.updateSync(1, pid(2)));
            write.complete();
            assertThat(first.isTerminatedComplete()).isTrue();
            assertThat(second.expectTerminalError()).isInstanceOf(RevisionConflictException.class);
            assertThat(web.current().pid()).isEqualTo(1);
        }

        @Test
        void refusesARevisionThatNoContainerHas() {
            assertThatThrownBy(() -> web.updateSync(0, pid(7)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expectedRevision 0");
        }
    }

    @Nested
    class WhenTheWriteFails {
        @Test
        void asNotWrittenMemoryAndDiskAreAsTheyWere() {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes().subscribe(watcher);
            NotWrittenException failure = notWritten("web");
            checkpoints.failNext(failure);
            StepVerifier.create(web.updateSync(pid(7)))
                    .verifyErrorSatisfies(error -> assertThat(error).isSameAs(failure));
            assertThat(web.current()).isEqualTo(CREATED);
            assertThat(web.revision()).isEqualTo(1);
            assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
            assertThat(watcher.getReceivedOnNext()).hasSize(1);
            assertThat(web.changes().blockFirst(PATIENCE).durable()).isTrue();
        }

        @Test
        void asIndeterminateMemoryRemainsAndItsDurabilityIsUnknown() {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes().subscribe(watcher);
            IndeterminateWriteException failure = indeterminate("web");
            checkpoints.failNextAfterTheEffect(failure);
            StepVerifier.create(web.updateSync(pid(7)))
                    .verifyErrorSatisfies(error -> assertThat(error).isSameAs(failure));
            assertThat(web.current()).isEqualTo(CREATED);
            assertThat(web.revision()).isEqualTo(1);
            assertThat(watcher.getReceivedOnNext()).hasSize(1);
            assertThat(web.changes().blockFirst(PATIENCE).durable()).isFalse();
        }

        @Test
        void theNextOneWorks() {
            checkpoints.failNext(notWritten("web"));
            checkpoints.failNextAfterTheEffect(indeterminate("web"));
            StepVerifier.create(web.updateSync(pid(7))).verifyError(NotWrittenException.class);
            StepVerifier.create(web.updateSync(pid(8))).verifyError(IndeterminateWriteException.class);
            StepVerifier.create(web.updateSync(pid(9))).expectNextCount(1).verifyComplete();
            assertThat(web.revision()).isEqualTo(2);
            assertThat(checkpoints.stored("web").pid()).isEqualTo(9);
        }

        @Test
        void aMemoryOnlyChangeMadeBeforeRemains() {
            web.update(pid(7)).block(PATIENCE);
            checkpoints.failNext(notWritten("web"));
            StepVerifier.create(web.updateSync(pid(8))).verifyError(NotWrittenException.class);
            assertThat(web.current().pid()).isEqualTo(7);
            assertThat(web.revision()).isEqualTo(2);
        }
    }

    @Nested
    class WhenTheFunctionFails {
        @Test
        void nothingIsWritten() {
            IllegalStateException mine = new IllegalStateException("mine");
            StepVerifier.create(web.updateSync(status -> {
                        throw mine;
                    }))
                    .verifyErrorSatisfies(error -> assertThat(error).isSameAs(mine));
            StepVerifier.create(web.updateSync(status -> null)).verifyError(NullPointerException.class);
            assertThat(web.current()).isEqualTo(CREATED);
            assertThat(checkpoints.takeCalls()).isEmpty();
        }
    }
}
