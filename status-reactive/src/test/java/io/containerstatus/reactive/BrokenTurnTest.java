package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.Status;
import io.containerstatus.StatusException;
import io.containerstatus.testing.Child;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** A lane outlives what the virtual machine throws in the midst of a turn: whatever happens, nobody waits for ever. */
class BrokenTurnTest extends StoreTest {
    private static final InternalError FATAL = new InternalError("for a moment");

    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    private void assertGoesOn() {
        long revision = web.revision();
        StepVerifier.create(web.update(pid(21))).expectNextCount(1).verifyComplete();
        StepVerifier.create(web.updateSync(pid(22))).expectNextCount(1).verifyComplete();
        assertThat(web.revision()).isEqualTo(revision + 2);
        assertThat(checkpoints.stored("web").pid()).isEqualTo(22);
    }

    /** Subscribes; the error is thrown besides, as are all that no program goes on after. */
    private <T> TestSubscriber<T> subscribeAndBreak(Mono<T> mono, Error error) {
        TestSubscriber<T> caller = TestSubscriber.create();
        timer.breakAfter(0, error);
        assertThatThrownBy(() -> mono.subscribe(caller)).isSameAs(error);
        return caller;
    }

    @Nested
    class BeforeTheDisk {
        @Test
        void anUpdateIsNotWritten() {
            TestSubscriber<Status> caller = subscribeAndBreak(web.updateSync(pid(7)), FATAL);
            assertThat(caller.expectTerminalError())
                    .isInstanceOf(NotWrittenException.class)
                    .hasCause(FATAL)
                    .hasMessage("status \"web\" not changed: the virtual machine could not go on");
            assertThat(web.current()).isEqualTo(CREATED);
            assertThat(checkpoints.takeCalls()).isEmpty();
            assertGoesOn();
        }

        @Test
        void whatBrokeOffOnAFullStackIsToldOnceSomeoneComesWhoHasRoom() {
            TestSubscriber<Status> caller = subscribeAndBreak(web.updateSync(pid(7)), new StackOverflowError("deep"));
            assertThat(caller.isTerminated()).isFalse();
            assertGoesOn();
            assertThat(caller.expectTerminalError()).isInstanceOf(NotWrittenException.class);
        }

        @Test
        void theEndOfTheStoreDoesSoToo() {
            TestSubscriber<Status> caller = subscribeAndBreak(web.updateSync(pid(7)), new StackOverflowError("deep"));
            store.close().block(PATIENCE);
            assertThat(caller.expectTerminalError()).isInstanceOf(NotWrittenException.class);
        }

        @Test
        void aDeletionIsNotMade() {
            TestSubscriber<Void> caller = subscribeAndBreak(web.delete(), FATAL);
            assertThat(caller.expectTerminalError()).isInstanceOf(NotWrittenException.class);
            assertGoesOn();
        }

        @Test
        void aCreationLeavesNoContainer() {
            TestSubscriber<StatusStorage> caller = subscribeAndBreak(store.create("db", CREATED), FATAL);
            assertThat(caller.expectTerminalError()).isInstanceOf(StatusException.class);
            assertThat(store.list()).containsExactly(web);
            StepVerifier.create(store.create("db", CREATED)).expectNextCount(1).verifyComplete();
        }

        @Test
        void anUpdateThatIsBehindAnUncertainOneIsUncertainToo() {
            checkpoints.failNext(new IndeterminateWriteException("web", "the disk", null));
            StepVerifier.create(web.updateSync(pid(7))).verifyError(IndeterminateWriteException.class);
            TestSubscriber<Status> caller = subscribeAndBreak(web.updateSync(pid(8)), FATAL);
            assertThat(caller.expectTerminalError()).isInstanceOf(IndeterminateWriteException.class);
            assertThat(web.current()).isEqualTo(CREATED);
            assertGoesOn();
        }

        @Test
        void allOfABatchAreToldAndWhatCameAfterItIsMade() {
            MemoryCheckpoints.Held held = checkpoints.holdNext();
            TestSubscriber<Status> first = subscribe(web.updateSync(pid(7)));
            List<TestSubscriber<Status>> batch =
                    List.of(subscribe(web.updateSync(pid(8))), subscribe(web.update(pid(9))));
            TestSubscriber<Void> deletion = subscribe(web.delete());

            timer.breakAfter(1, FATAL); // When the next write is about to begin.
            assertThatThrownBy(held::complete).isSameAs(FATAL);

            assertThat(first.isTerminatedComplete()).isTrue();
            assertThat(batch).allSatisfy(caller -> assertThat(caller.expectTerminalError())
                    .isInstanceOf(NotWrittenException.class));
            assertThat(deletion.isTerminatedComplete()).isTrue();
            assertThat(store.list()).isEmpty();
        }

        @Test
        void aBatchThatWasHeldBackIsTold() {
            timer.waitFor(Duration.ofNanos(1));
            serveTwo();
            TestSubscriber<Status> caller = TestSubscriber.create();
            timer.breakAfter(2, FATAL); // When the timer is about to be started.
            assertThatThrownBy(() -> web.updateSync(pid(9)).subscribe(caller)).isSameAs(FATAL);
            assertThat(caller.expectTerminalError()).isInstanceOf(NotWrittenException.class);
            assertGoesOn();
        }

        /** Makes a write that serves two callers and takes a while. */
        private void serveTwo() {
            MemoryCheckpoints.Held held = checkpoints.holdNext();
            subscribe(web.updateSync(pid(6)));
            MemoryCheckpoints.Held shared = checkpoints.holdNext();
            subscribe(web.updateSync(pid(7)));
            subscribe(web.updateSync(pid(8)));
            held.complete();
            timer.pass(Duration.ofMillis(1));
            shared.complete();
            checkpoints.takeCalls();
        }
    }

    @Nested
    class AfterTheDisk {
        @Test
        void anUpdateThatWasSettledStays() {
            MemoryCheckpoints.Held held = checkpoints.holdNext();
            subscribe(web.updateSync(pid(6)));
            MemoryCheckpoints.Held shared = checkpoints.holdNext();
            List<TestSubscriber<Status>> callers =
                    List.of(subscribe(web.updateSync(pid(7))), subscribe(web.updateSync(pid(8))));
            held.complete();

            timer.breakAfter(1, FATAL); // For what to do next, after the batch was settled.
            assertThatThrownBy(shared::complete).isSameAs(FATAL);

            assertThat(callers).allMatch(TestSubscriber::isTerminatedComplete);
            assertThat(web.current().pid()).isEqualTo(8);
            assertGoesOn();
        }
    }

    /** What only the virtual machine can break off: the turn is made as it would be found. */
    @Nested
    class InTheMidst {
        private final Turn turn = Turn.ofStore();
        private final TestSubscriber<Status> caller = TestSubscriber.create();
        private final UpdateOperation update =
                new UpdateOperation(caller, pid(7), /* synced= */ true, UpdateOperation.ANY_REVISION);
        private ContainerLane lane;
        private Batch batch;

        @BeforeEach
        void gather() {
            caller.onSubscribe(update);
            lane = (ContainerLane) web;
            batch = lane.newBatch();
            update.succeed(update.apply("web", batch.tip()));
            batch.join(update, batch.tip().next(pid(7).apply(CREATED), /* durable= */ true));
        }

        /** Has the lane put in order, and everyone told. */
        private void abort() {
            lane.abort(turn, FATAL);
            turn.end(new Signals(Schedulers.immediate()));
        }

        private DiskStep stepThatEnded(@Nullable Throwable failure) {
            DiskStep step = new DiskStep(lane, batch);
            if (failure == null) {
                step.onComplete();
            } else {
                step.onError(failure);
            }
            return step;
        }

        @Test
        void ofAnOperationItIsNotWritten() {
            turn.running = update;
            abort();
            assertThat(caller.expectTerminalError()).isInstanceOf(NotWrittenException.class);
        }

        @Test
        void ofAStepThatHasNotEndedItIsUncertain() {
            turn.step = new DiskStep(lane, batch);
            abort();
            assertThat(caller.expectTerminalError())
                    .isInstanceOf(IndeterminateWriteException.class)
                    .hasCause(FATAL);
            assertThat(web.current()).isEqualTo(CREATED);
        }

        @Test
        void ofAStepThatHasFailedItIsThatFailure() {
            NotWrittenException failure = notWritten("web");
            turn.step = stepThatEnded(failure);
            abort();
            assertThat(caller.expectTerminalError()).isSameAs(failure);
            assertThat(web.current()).isEqualTo(CREATED);
        }

        @Test
        void ofAStepThatHasSucceededItIsCommittedAndTold() {
            TestSubscriber<StatusChange> watcher = TestSubscriber.create();
            web.changes().subscribe(watcher);
            turn.step = stepThatEnded(null);
            abort();
            assertThat(caller.getReceivedOnNext()).extracting(Status::pid).containsExactly(7L);
            assertThat(web.current().pid()).isEqualTo(7);
            assertThat(watcher.getReceivedOnNext())
                    .extracting(change -> change.current().pid())
                    .containsExactly(0L, 7L);
        }

        @Test
        void nobodyIsToldTwice() {
            turn.step = stepThatEnded(null);
            turn.ended(update);
            turn.running = update;
            abort();
            assertThat(caller.getReceivedOnNext()).hasSize(1);
            assertThat(caller.getProtocolErrors()).isEmpty();
        }
    }

    /** In a virtual machine of its own: what ran out of stack while it was loaded is lost to all of one. */
    @Test
    void callersAtTheEndOfTheirStacksLeaveEveryLaneInOrder() throws IOException, InterruptedException {
        try (Child program = Child.start(DeepStackProgram.class)) {
            program.succeeds();
        }
    }
}
