package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.ContainerDeletedException;
import io.containerstatus.IllegalTransitionException;
import io.containerstatus.Status;
import io.containerstatus.StatusTransitions;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

class MemoryUpdateTest extends StoreTest {
    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    @Nested
    class OnAnIdleContainer {
        @Test
        void completesOnTheSubscribingThreadBeforeSubscribeReturns() {
            Thread[] signalled = new Thread[1];
            web.update(pid(7)).subscribe(status -> signalled[0] = Thread.currentThread());
            assertThat(signalled[0]).isSameAs(Thread.currentThread());
        }

        @Test
        void changesMemoryAndNotTheDisk() {
            StepVerifier.create(web.update(pid(7)))
                    .expectNext(CREATED.toBuilder().pid(7).build())
                    .verifyComplete();
            assertThat(web.current().pid()).isEqualTo(7);
            assertThat(web.revision()).isEqualTo(2);
            assertThat(checkpoints.stored("web")).isEqualTo(CREATED);
            assertThat(checkpoints.takeCalls()).isEmpty();
        }

        @Test
        void isPersistedByTheNextSyncedOne() {
            web.update(pid(7)).block(PATIENCE);
            web.updateSync(status -> status.toBuilder().exitCode(3).build()).block(PATIENCE);
            assertThat(checkpoints.stored("web"))
                    .isEqualTo(CREATED.toBuilder().pid(7).exitCode(3).build());
        }

        @Test
        void leavesEarlierSnapshotsAsTheyWere() {
            Status before = web.current();
            web.update(pid(7)).block(PATIENCE);
            assertThat(before).isEqualTo(CREATED);
        }

        @Test
        void publishesNothingAndRaisesNoRevisionWhenTheStatusIsEqual() {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes().subscribe(watcher);
            StepVerifier.create(web.update(status -> status.toBuilder().build()))
                    .expectNext(CREATED)
                    .verifyComplete();
            assertThat(web.revision()).isEqualTo(1);
            assertThat(watcher.getReceivedOnNext()).hasSize(1);
        }

        @Test
        void isATransactionForEachSubscription() {
            AtomicInteger calls = new AtomicInteger();
            Mono<Status> update = web.update(
                    status -> status.toBuilder().pid(calls.incrementAndGet()).build());
            assertThat(calls).hasValue(0);
            StepVerifier.create(update.map(Status::pid).repeat(2))
                    .expectNext(1L, 2L, 3L)
                    .verifyComplete();
            assertThat(web.revision()).isEqualTo(4);
        }

        @Test
        void runsWithoutDemandAndKeepsItsResultForIt() {
            StepVerifier.create(web.update(pid(7)), 0)
                    .expectSubscription()
                    .then(() -> assertThat(web.current().pid()).isEqualTo(7))
                    .thenRequest(1)
                    .expectNextMatches(status -> status.pid() == 7)
                    .verifyComplete();
        }

        @Test
        void refusesANullFunctionAtOnce() {
            assertThatThrownBy(() -> web.update(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> web.updateSync(null)).isInstanceOf(NullPointerException.class);
        }
    }

    @Nested
    class WhenTheFunctionFails {
        @Test
        void itsExceptionArrivesUnwrappedAndNothingChanges() {
            IllegalStateException mine = new IllegalStateException("mine");
            StepVerifier.create(web.update(status -> {
                        throw mine;
                    }))
                    .verifyErrorSatisfies(error -> assertThat(error).isSameAs(mine));
            assertThat(web.current()).isEqualTo(CREATED);
            assertThat(web.revision()).isEqualTo(1);
        }

        @Test
        void anIllegalTransitionArrivesAsItIs() {
            StepVerifier.create(
                            web.update(StatusTransitions::beginRemove).then(web.update(StatusTransitions::beginStart)))
                    .verifyError(IllegalTransitionException.class);
        }

        @Test
        void nullIsANullPointerException() {
            StepVerifier.create(web.update(status -> null)).verifyError(NullPointerException.class);
            assertThat(web.revision()).isEqualTo(1);
        }

        @Test
        void theLaneGoesOn() {
            StepVerifier.create(web.update(status -> {
                        throw new IllegalStateException("mine");
                    }))
                    .verifyError(IllegalStateException.class);
            StepVerifier.create(web.update(pid(7))).expectNextCount(1).verifyComplete();
            StepVerifier.create(web.updateSync(pid(8))).expectNextCount(1).verifyComplete();
        }

        @Test
        void aFatalErrorIsThrownAndTheLaneGoesOn() {
            StackOverflowError fatal = new StackOverflowError("deep");
            Mono<Status> update = web.update(status -> {
                throw fatal;
            });
            assertThatThrownBy(() -> update.subscribe(status -> {}, error -> {}))
                    .isSameAs(fatal);
            StepVerifier.create(web.update(pid(7))).expectNextCount(1).verifyComplete();
        }

        @Test
        void aFatalErrorOfItsSubscriberIsThrownToo() {
            InternalError fatal = new InternalError("of the subscriber");
            assertThatThrownBy(() -> web.update(pid(7)).subscribe(status -> {
                        throw fatal;
                    }))
                    .isSameAs(fatal);
            StepVerifier.create(web.update(pid(8))).expectNextCount(1).verifyComplete();
        }

        @Test
        void aFatalErrorReachesItsSubscriberToo() {
            StackOverflowError fatal = new StackOverflowError("deep");
            TestSubscriber<Status> caller = TestSubscriber.create();
            assertThatThrownBy(() -> web.update(status -> {
                                throw fatal;
                            })
                            .subscribe(caller))
                    .isSameAs(fatal);
            assertThat(caller.expectTerminalError()).isSameAs(fatal);
        }
    }

    @Nested
    class OnADeletedContainer {
        @Test
        void failsWithoutRunningTheFunction() {
            web.delete().block(PATIENCE);
            AtomicInteger calls = new AtomicInteger();
            StepVerifier.create(web.update(status -> {
                        calls.incrementAndGet();
                        return status;
                    }))
                    .verifyErrorSatisfies(error -> assertThat(error)
                            .isInstanceOfSatisfying(ContainerDeletedException.class, deleted -> assertThat(deleted.id())
                                    .isEqualTo("web")));
            assertThat(calls).hasValue(0);
        }
    }
}
