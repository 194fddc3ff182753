package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.test.ManualScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

/** Lanes with more work than a caller's thread may do for others, or may do so deep in its stack. */
class LaneThreadsTest extends StoreTest {
    private static final int MANY = 600;

    private StatusStorage web;

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    private static Status next(Status status) {
        return status.toBuilder().pid(status.pid() + 1).build();
    }

    private void awaitPid(long pid) {
        Awaitility.await().atMost(PATIENCE).until(() -> web.current().pid() == pid);
    }

    /**
     * Subscribes to one update and, in its function, to many more, so that the thread that runs it finds them waiting.
     */
    private List<TestSubscriber<Status>> updateMany(UnaryOperator<Status> last) {
        List<TestSubscriber<Status>> callers = new ArrayList<>();
        subscribe(web.update(status -> {
            for (int i = 1; i < MANY; i++) {
                callers.add(subscribe(web.update(LaneThreadsTest::next)));
            }
            callers.add(subscribe(web.update(last)));
            return status;
        }));
        return callers;
    }

    @Nested
    class WhereTheGivenSchedulerIsBlocked {
        private final ManualScheduler blocked = new ManualScheduler();

        @BeforeEach
        void openWithIt() {
            reopen(builder -> builder.laneThreads(StoreContext.LANE_THREADS).signalScheduler(blocked));
            web = store.find("web");
        }

        @Test
        void whatWaitsIsExecutedAndSignalledOnlyThere() {
            List<TestSubscriber<Status>> callers = updateMany(LaneThreadsTest::next);
            awaitPid(MANY);
            assertThat(callers).hasSize(MANY).noneMatch(TestSubscriber::isTerminated);
            Awaitility.await().atMost(PATIENCE).until(() -> blocked.waiting() == MANY);
            blocked.runAll();
            assertThat(callers).allMatch(TestSubscriber::isTerminatedComplete);
        }

        @Test
        void theStoreClosesOnceTheLastOfThemHasEnded() {
            CountDownLatch reached = new CountDownLatch(1);
            CountDownLatch released = new CountDownLatch(1);
            updateMany(status -> {
                reached.countDown();
                SimultaneousThreads.await(released);
                return next(status);
            });
            assertThat(SimultaneousThreads.await(reached)).isTrue();
            TestSubscriber<Void> closing = subscribe(store.close());
            assertThat(closing.isTerminated()).isFalse();
            assertThat(checkpoints.takeCalls()).doesNotContain("close");
            released.countDown();
            closing.block(PATIENCE);
            assertThat(closing.isTerminatedComplete()).isTrue();
            assertThat(web.current().pid()).isEqualTo(MANY);
        }
    }

    /** With {@code Schedulers.immediate()}, which is the default in the tests of a store. */
    @Nested
    class WhereSignalsComeOnTheThreadThatCausesThem {
        private static final int DEEP = 10_000;

        private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

        @BeforeEach
        void openWithThreads() {
            reopen(builder -> builder.laneThreads(StoreContext.LANE_THREADS));
            web = store.find("web");
        }

        /** Updates this number of times, each time when the previous update has ended. */
        private void repeat(int times) {
            web.update(LaneThreadsTest::next)
                    .subscribe(
                            status -> {
                                if (times > 1) {
                                    repeat(times - 1);
                                }
                            },
                            failures::add);
        }

        @Test
        void updatesInAnswerToUpdatesFillNoStack() {
            repeat(DEEP);
            awaitPid(DEEP);
            assertThat(failures).isEmpty();
            assertThat(store.health().outOfUse()).isEmpty();
        }

        @Test
        void theStoreMayBeClosedInAnswerToTheLast() {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            web.await(status -> status.pid() == DEEP)
                    .flatMap(status -> store.close())
                    .subscribe(nothing -> {}, closed::completeExceptionally, () -> closed.complete(null));
            repeat(DEEP);
            assertThat(closed).succeedsWithin(PATIENCE);
            assertThat(web.current().pid()).isEqualTo(DEEP);
        }
    }

    @Nested
    class OwnThreadsOfAStore {
        private final OwnThreads threads = new OwnThreads("status-test", 2);

        private Thread runner() {
            CompletableFuture<Thread> runner = new CompletableFuture<>();
            threads.run(() -> runner.complete(Thread.currentThread()));
            assertThat(runner).succeedsWithin(PATIENCE);
            return runner.join();
        }

        @Test
        void areDaemonsNamedForTheirPurposeThatEndWithIt() {
            Thread runner = runner();
            assertThat(runner.isDaemon()).isTrue();
            assertThat(runner.getName()).isEqualTo("status-test-1");
            threads.end();
            Awaitility.await().atMost(PATIENCE).until(() -> !runner.isAlive());
        }

        @Test
        void afterTheirEndTheCallingThreadGoesOn() {
            Thread runner = runner();
            threads.end();
            // Until it has ended, it may take one more task.
            Awaitility.await().atMost(PATIENCE).until(() -> !runner.isAlive());
            assertThat(runner()).isSameAs(Thread.currentThread());
        }

        @Test
        void oneMoreIsMadeForAnEndThatNeedsAStackOfItsOwn() {
            CompletableFuture<Thread> runner = new CompletableFuture<>();
            assertThat(threads.start(() -> runner.complete(Thread.currentThread())))
                    .isTrue();
            assertThat(runner).succeedsWithin(PATIENCE).returns("status-test-last", Thread::getName);
        }

        @Test
        void areNoneIfThereMayBeNone() {
            OwnThreads none = new OwnThreads("status-test", 0);
            List<Thread> runners = new ArrayList<>();
            none.run(() -> runners.add(Thread.currentThread()));
            assertThat(runners).containsExactly(Thread.currentThread());
            assertThat(none.start(() -> runners.add(Thread.currentThread()))).isFalse();
        }

        @Test
        void noneIsMadeAfterTheEnd() {
            threads.end();
            assertThat(runner()).isSameAs(Thread.currentThread());
        }
    }
}
