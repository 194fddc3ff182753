package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.containerstatus.fs.internal.TaskDrain;
import io.containerstatus.test.ManualScheduler;
import io.containerstatus.testing.FailingScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class TaskDrainTest {
    private final ManualScheduler scheduler = new ManualScheduler();
    private final TaskDrain relay = new TaskDrain(() -> scheduler);
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void oneThreadIsCalledForManyTasksAndRunsThemInTheOrderInWhichTheyCame() {
        IntStream.range(0, 100).forEach(i -> relay.run(() -> ran.add(i)));
        assertThat(scheduler.waiting()).isEqualTo(1);
        scheduler.runAll();
        assertThat(ran).isEqualTo(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void anotherThreadIsOnItsWayWhileOneRunsATaskAndOthersWait() {
        List<Integer> called = new ArrayList<>();
        relay.run(() -> called.add(scheduler.waiting()));
        relay.run(() -> called.add(scheduler.waiting()));
        relay.run(() -> called.add(scheduler.waiting()));
        scheduler.runAll();
        assertThat(called).containsExactly(1, 1, 1);
    }

    @Test
    void noneIsCalledForATaskThatNoneFollows() {
        relay.run(() -> ran.add(scheduler.waiting()));
        scheduler.runAll();
        assertThat(ran).containsExactly(0);
    }

    @Test
    void oneIsCalledAnewOnceTheFirstHasFoundNothingLeft() {
        relay.run(() -> ran.add(1));
        scheduler.runAll();
        relay.run(() -> ran.add(2));
        scheduler.runAll();
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void tasksThatHoldUpTheirThreadsHoldUpNoOther() throws InterruptedException {
        Scheduler threads = Schedulers.newBoundedElastic(8, 100, "relay");
        try {
            TaskDrain real = new TaskDrain(() -> threads);
            CountDownLatch last = new CountDownLatch(1);
            CountDownLatch released = new CountDownLatch(5);
            for (int i = 0; i < 5; i++) {
                real.run(() -> {
                    if (SimultaneousThreads.await(last)) {
                        released.countDown();
                    }
                });
            }
            real.run(last::countDown);
            assertThat(released.await(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } finally {
            threads.dispose();
        }
    }

    @Test
    void aTaskThatThrowsKeepsNoneOfTheOthersFromRunning() {
        relay.run(() -> {
            throw new IllegalStateException("broken");
        });
        relay.run(() -> ran.add(2));
        assertThatThrownBy(scheduler::runAll).hasMessage("broken");
        scheduler.runAll();
        assertThat(ran).containsExactly(2);
    }

    @Test
    void theTasksRunOnTheCallingThreadWhereTheSchedulerRefuses() {
        Scheduler ended = Schedulers.newBoundedElastic(1, 1, "ended");
        ended.dispose();
        TaskDrain late = new TaskDrain(() -> ended);
        Thread here = Thread.currentThread();
        List<Thread> threads = new ArrayList<>();
        late.run(() -> {
            threads.add(Thread.currentThread());
            late.run(() -> threads.add(Thread.currentThread()));
        });
        assertThat(threads).containsExactly(here, here);
    }

    @Test
    void noneIsLostWhereNoFurtherThreadCanBeHad() {
        AtomicInteger threads = new AtomicInteger(1);
        TaskDrain scarce = new TaskDrain(() -> {
            if (threads.getAndDecrement() <= 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return scheduler;
        });
        scarce.run(() -> ran.add(1));
        scarce.run(() -> ran.add(2));
        scheduler.runAll();
        scarce.run(() -> ran.add(3));
        assertThat(ran).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @EnumSource
    void whateverTheSchedulerThrowsATaskRunsOnceAndTheNextOneCallsAgain(FailingScheduler.Thrown failure) {
        for (FailingScheduler.Moment moment : FailingScheduler.Moment.values()) {
            ran.clear();
            FailingScheduler shaky = new FailingScheduler(scheduler).fail(0, failure, moment);
            TaskDrain shaken = new TaskDrain(() -> shaky);
            assertThatCode(() -> shaken.run(() -> ran.add(1))).doesNotThrowAnyException();
            assertThat(ran).containsExactly(1);
            shaken.run(() -> ran.add(2));
            assertThat(shaky.calls()).isEqualTo(2);
            scheduler.runAll();
            assertThat(ran).containsExactly(1, 2);
        }
    }
}
