package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.StoreClosedException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

/** A write that served several callers is followed by a short wait for them to come back. */
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

    /** Lets one write serve as many callers; it takes as long. */
    private void serve(int callers, Duration time) {
        MemoryCheckpoints.Held blocking = checkpoints.holdNext();
        countUpSynced();
        IntStream.range(0, callers).forEach(i -> countUpSynced());
        MemoryCheckpoints.Held shared = checkpoints.holdNext();
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
            timer.ring();
            assertHeldBack();
            TestSubscriber<Status> second = countUpSynced();
            timer.ring();
            assertHeldBack();

            timer.ring();

            assertWrittenOnce();
            assertThat(List.of(first, second)).allMatch(TestSubscriber::isTerminatedComplete);
            assertThat(timer.waiting()).isZero();
        }

        @Test
        void aWaitLastsNoLongerThanTheWriteBefore() {
            countUpSynced();
            timer.pass(WRITE.minusNanos(1));
            timer.ring();
            assertHeldBack();
            timer.pass(Duration.ofNanos(1));
            timer.ring();
            assertWrittenOnce();
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
            // Its turn had come with the subscription: the effect stands.
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
        void aTimerThatEndsInBetweenEndsTheWait() {
            countUpSynced();
            timer.refuse();
            timer.ring();
            TestSubscriber<Status> next = countUpSynced();
            assertThat(next.isTerminatedComplete()).isTrue();
            assertWrittenOnce();
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
        void aWriteAsFastAsTheTimer() {
            serve(3, SHORT.minusNanos(1));
            assertThat(countUpSynced().isTerminatedComplete()).isTrue();
        }

        @Test
        void aFailedWrite() {
            MemoryCheckpoints.Held blocking = checkpoints.holdNext();
            IntStream.range(0, 4).forEach(i -> countUpSynced());
            MemoryCheckpoints.Held shared = checkpoints.holdNext();
            blocking.complete();
            timer.pass(WRITE);
            shared.fail(notWritten("web"));
            assertThat(countUpSynced().isTerminatedComplete()).isTrue();
        }

        @Test
        void aFullBatch() {
            reopen(builder -> builder.maxBatch(2));
            web = store.find("web");
            MemoryCheckpoints.Held blocking = checkpoints.holdNext();
            IntStream.range(0, 3).forEach(i -> countUpSynced());
            MemoryCheckpoints.Held shared = checkpoints.holdNext();
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
