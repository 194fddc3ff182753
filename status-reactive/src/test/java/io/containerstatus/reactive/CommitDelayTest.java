package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.Status;
import io.containerstatus.StoreClosedException;
import io.containerstatus.test.InMemoryCheckpoints.Held;
import io.containerstatus.test.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

/**
 * After a write that served several callers, the next write is delayed for a moment, so that they can come back.
 */
class CommitDelayTest extends StoreTest {
    private static final Duration SHORT = Duration.ofNanos(100);
    private static final Duration WRITE = SHORT.multipliedBy(5);

    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        timer.waitFor(SHORT);
        web = container("web");
    }

    private TestSubscriber<Status> countUpSynced() {
        return subscribe(web.updateSync(status -> pid(status.pid() + 1).apply(status)));
    }

    /** Lets one write serve this number of callers and take this time. */
    private void serve(int callers, Duration time) {
        Held blocking = checkpoints.holdNext();
        countUpSynced();
        IntStream.range(0, callers).forEach(i -> countUpSynced());
        Held shared = checkpoints.holdNext();
        blocking.complete();
        timer.pass(time);
        shared.complete();
        checkpoints.takeCalls();
    }

    private void assertHeldBack() {
        assertThat(checkpoints.takeCalls()).isEmpty();
        assertThat(timer.waiting()).isPositive();
    }

    private void assertWrittenOnce() {
        assertThat(checkpoints.takeCalls()).containsExactly("write web");
    }

    @Nested
    class AfterAWriteForThree {
        @BeforeEach
        void serveThree() {
            serve(3, WRITE);
        }

        @Test
        void thoseWhoComeBackShareTheNextWrite() {
            TestSubscriber<Status> first = countUpSynced();
            TestSubscriber<Status> second = countUpSynced();
            assertHeldBack();
            assertThat(web.current().pid()).isEqualTo(4);

            TestSubscriber<Status> third = countUpSynced();

            assertWrittenOnce();
            assertThat(List.of(first, second, third)).allMatch(TestSubscriber::isTerminatedComplete);
            assertThat(web.current().pid()).isEqualTo(7);
        }

        @Test
        void whoeverCameBackIsWrittenOnceNoMoreCome() {
            TestSubscriber<Status> first = countUpSynced();
            TestSubscriber<Status> second = countUpSynced();
            timer.ring();
            assertHeldBack();

            timer.ring();

            assertWrittenOnce();
            assertThat(List.of(first, second)).allMatch(TestSubscriber::isTerminatedComplete);
            assertThat(timer.waiting()).isZero();
        }

        @Test
        void aLoneOneIsWrittenTheFirstTime() {
            countUpSynced();
            timer.ring();
            assertWrittenOnce();
        }

        @Test
        void aWaitLastsNoLongerThanTheWriteBefore() {
            countUpSynced();
            countUpSynced();
            timer.pass(WRITE);
            timer.ring();
            assertWrittenOnce();
        }

        @Test
        void theTimerRingsAtTheEndOfTheWait() {
            timer.pass(WRITE.minus(SHORT).plusNanos(30));
            countUpSynced();
            assertThat(timer.longest()).isEqualTo(SHORT.minusNanos(30));
        }

        @Test
        void whoeverComesAfterThatEndsIt() {
            countUpSynced();
            assertHeldBack();
            timer.pass(WRITE);
            countUpSynced();
            assertWrittenOnce();
            timer.ring();
            assertThat(timer.waiting()).isZero();
        }

        @Test
        void whoeverComesBackLateDoesNotWait() {
            timer.pass(WRITE);
            assertThat(countUpSynced().isTerminatedComplete()).isTrue();
            assertThat(timer.waiting()).isZero();
        }

        @Test
        void thereIsOneWaitOnly() {
            countUpSynced();
            timer.ring();
            assertWrittenOnce();
            assertThat(countUpSynced().isTerminatedComplete()).isTrue();
        }

        @Test
        void anUpdateInMemoryFindsTheContainerIdle() {
            assertThat(subscribe(web.update(pid(70))).isTerminatedComplete()).isTrue();
            assertThat(web.current().pid()).isEqualTo(70);
            assertThat(timer.waiting()).isZero();
        }

        @Test
        void anUpdateInMemoryJoinsWhatIsHeldBack() {
            countUpSynced();
            TestSubscriber<Status> memoryOnly = subscribe(web.update(pid(70)));
            assertThat(memoryOnly.isTerminated()).isFalse();
            timer.ring();
            assertThat(memoryOnly.isTerminatedComplete()).isTrue();
            assertThat(checkpoints.stored("web").pid()).isEqualTo(70);
        }

        @Test
        void aDeletionEndsTheWait() {
            TestSubscriber<Status> update = countUpSynced();
            TestSubscriber<Void> deletion = subscribe(web.delete());
            assertThat(update.isTerminatedComplete()).isTrue();
            assertThat(deletion.isTerminatedComplete()).isTrue();
            assertThat(checkpoints.takeCalls()).containsExactly("write web", "delete web");
            timer.ring();
            assertThat(timer.waiting()).isZero();
        }

        @Test
        void aDeletionIsNotHeldBack() {
            assertThat(subscribe(web.delete()).isTerminatedComplete()).isTrue();
            assertThat(checkpoints.takeCalls()).containsExactly("delete web");
            assertThat(timer.waiting()).isZero();
        }

        @Test
        void theCloseEndsTheWait() {
            TestSubscriber<Status> update = countUpSynced();
            store.close().block(PATIENCE);
            assertThat(update.isTerminatedComplete()).isTrue();
            assertThat(checkpoints.stored("web").pid()).isEqualTo(5);
            assertThat(countUpSynced().expectTerminalError()).isInstanceOf(StoreClosedException.class);
            timer.ring();
            assertThat(timer.waiting()).isZero();
        }

        @Test
        void aCancelledCallerIsNotWaitedFor() {
            TestSubscriber<Status> kept = countUpSynced();
            TestSubscriber<Status> left = countUpSynced();
            left.cancel();
            timer.ring();
            timer.ring();
            assertWrittenOnce();
            assertThat(kept.isTerminatedComplete()).isTrue();
            // Its turn came at the subscription, so the effect stays.
            assertThat(web.current().pid()).isEqualTo(6);
        }

        @Test
        void aFailureFailsAllThatWereHeldBack() {
            List<TestSubscriber<Status>> callers = List.of(countUpSynced(), countUpSynced());
            checkpoints.failNext(notWritten("web"));
            timer.ring();
            timer.ring();
            assertThat(callers).allMatch(TestSubscriber::isTerminatedError);
            assertThat(web.current().pid()).isEqualTo(4);
        }

        @Test
        void withoutATimerThereIsNoWait() {
            timer.refuse();
            assertThat(countUpSynced().isTerminatedComplete()).isTrue();
        }

        @Test
        void aTimerThatCannotBeStartedAgainEndsTheWait() {
            List<TestSubscriber<Status>> callers = List.of(countUpSynced(), countUpSynced());
            timer.refuse();
            timer.ring();
            assertThat(callers).allMatch(TestSubscriber::isTerminatedComplete);
            assertWrittenOnce();
        }

        @Test
        void anErrorOfTheVirtualMachineInAFunctionLeavesTheOthersHeldBack() {
            TestSubscriber<Status> first = countUpSynced();
            TestSubscriber<Status> failing = TestSubscriber.create();
            Mono<Status> update = web.updateSync(status -> {
                throw new OutOfMemoryError("of the test");
            });
            assertThatThrownBy(() -> update.subscribe(failing)).isInstanceOf(OutOfMemoryError.class);
            assertHeldBack();
            countUpSynced();
            countUpSynced();
            assertWrittenOnce();
            assertThat(first.isTerminatedComplete()).isTrue();
            assertThat(failing.expectTerminalError()).hasMessage("of the test");
        }

        @Test
        void anUpdateOutOfAFunctionJoinsTheSameWrite() {
            countUpSynced();
            List<TestSubscriber<Status>> inner = new ArrayList<>();
            TestSubscriber<Status> outer = subscribe(web.updateSync(status -> {
                inner.add(countUpSynced());
                return pid(status.pid() + 1).apply(status);
            }));
            assertWrittenOnce();
            assertThat(outer.isTerminatedComplete()).isTrue();
            assertThat(inner.get(0).isTerminatedComplete()).isTrue();
            assertThat(web.current().pid()).isEqualTo(7);
        }
    }

    /** The timer serves all containers, so one container must not delay it. */
    @Nested
    class OnTheTimersThread {
        private final ManualScheduler signals = new ManualScheduler();
        private final List<Thread> threads = new CopyOnWriteArrayList<>();

        @BeforeEach
        void serveThree() {
            reopen(builder -> builder.laneThreads(1).signalScheduler(signals));
            web = store.find("web");
            serve(3, WRITE);
            signals.runAll();
        }

        private Status countUp(Status status) {
            threads.add(Thread.currentThread());
            return pid(status.pid() + 1).apply(status);
        }

        private void ringOnAThreadOfItsOwn() throws InterruptedException {
            Thread ringing = new Thread(timer::ring);
            ringing.start();
            ringing.join();
        }

        @Test
        void theWriteIsStartedAndWhatComesOfItIsLeftToOthers() throws InterruptedException {
            web.changes(Delivery.latest().on(Schedulers.immediate()))
                    .subscribe(change -> threads.add(Thread.currentThread()));
            TestSubscriber<Status> caller = subscribe(web.updateSync(this::countUp));
            ringOnAThreadOfItsOwn();
            assertWrittenOnce();
            assertThat(caller.isTerminated()).isFalse();
            Awaitility.await().atMost(PATIENCE).until(() -> signals.waiting() == 1);

            signals.runAll();

            assertThat(caller.isTerminatedComplete()).isTrue();
            assertThat(threads).hasSize(3);
            assertThat(threads.subList(0, 2)).containsOnly(Thread.currentThread());
            assertThat(threads.get(2).getName()).startsWith("status-lane");
        }

        @Test
        void whatHasArrivedMeanwhileIsLeftToOthers() throws InterruptedException {
            Held write = checkpoints.holdNext();
            subscribe(web.updateSync(this::countUp));
            ringOnAThreadOfItsOwn();
            TestSubscriber<Status> behind = subscribe(web.updateSync(this::countUp));
            write.complete();
            signals.runAll();
            assertThat(behind.isTerminatedComplete()).isTrue();
            assertThat(threads).hasSize(2).containsOnly(Thread.currentThread());
        }
    }

    @Nested
    class NoWaitFollows {
        @Test
        void aWriteForOne() {
            serve(1, WRITE);
            assertThat(countUpSynced().isTerminatedComplete()).isTrue();
        }

        @Test
        void aWriteForOneAndForUpdatesInMemory() {
            serve(3, WRITE);
            countUpSynced();
            for (int round = 0; round < 3; round++) {
                Held write = checkpoints.holdNext();
                timer.ring();
                assertThat(write.hasArrived()).isTrue();
                Held next = checkpoints.holdNext();
                countUpSynced();
                subscribe(web.update(pid(50)));
                subscribe(web.updateSync(1, pid(50)));
                subscribe(web.updateSync(status -> {
                    throw new IllegalStateException("refused");
                }));
                timer.pass(WRITE);
                write.complete();
                assertThat(next.hasArrived()).isTrue();
                timer.pass(WRITE);
                next.complete();
                checkpoints.takeCalls();
                countUpSynced();
                assertWrittenOnce();
                serve(3, WRITE);
                countUpSynced();
            }
        }

        @Test
        void aWriteAsFastAsTheTimer() {
            serve(3, SHORT.minusNanos(1));
            assertThat(countUpSynced().isTerminatedComplete()).isTrue();
        }

        @Test
        void aFailedWrite() {
            Held blocking = checkpoints.holdNext();
            IntStream.range(0, 4).forEach(i -> countUpSynced());
            Held shared = checkpoints.holdNext();
            blocking.complete();
            timer.pass(WRITE);
            shared.fail(notWritten("web"));
            assertThat(countUpSynced().isTerminatedComplete()).isTrue();
        }

        @Test
        void aFullBatch() {
            reopen(builder -> builder.maxBatch(2));
            web = store.find("web");
            Held blocking = checkpoints.holdNext();
            IntStream.range(0, 3).forEach(i -> countUpSynced());
            Held shared = checkpoints.holdNext();
            blocking.complete();
            timer.pass(WRITE);
            countUpSynced();
            countUpSynced();
            shared.complete();
            assertThat(web.current().pid()).isEqualTo(5);
        }
    }

    @Test
    void aSlowDiskIsNotWaitedForTwice() {
        serve(3, Duration.ofSeconds(2));
        countUpSynced();
        assertHeldBack();
        timer.pass(Duration.ofMillis(5));
        timer.ring();
        assertWrittenOnce();
    }

    @Test
    void containersWaitEachForThemselves() {
        StatusStorage db = container("db");
        serve(3, WRITE);
        countUpSynced();
        assertHeldBack();
        assertThat(subscribe(db.updateSync(pid(1))).isTerminatedComplete()).isTrue();
        assertThat(checkpoints.takeCalls()).containsExactly("write db");
        assertThat(web.current().pid()).isEqualTo(4);
    }
}
