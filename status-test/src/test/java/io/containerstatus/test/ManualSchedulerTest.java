package io.containerstatus.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.test.subscriber.TestSubscriber;

class ManualSchedulerTest {
    private final ManualScheduler scheduler = new ManualScheduler();
    private final List<Integer> ran = new ArrayList<>();

    private Disposable add(int number) {
        return scheduler.schedule(() -> ran.add(number));
    }

    @Test
    void runsTheOldestTaskOnRequestAndNoOther() {
        add(1);
        add(2);
        assertThat(ran).isEmpty();
        assertThat(scheduler.waiting()).isEqualTo(2);

        assertThat(scheduler.runNext()).isTrue();
        assertThat(ran).containsExactly(1);
        assertThat(scheduler.runNext()).isTrue();
        assertThat(scheduler.runNext()).isFalse();
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void runsWhicheverTheTestChooses() {
        add(1);
        add(2);
        scheduler.run(1);
        assertThat(ran).containsExactly(2);
        assertThatThrownBy(() -> scheduler.run(1)).isInstanceOf(IndexOutOfBoundsException.class);
        scheduler.run(0);
        assertThat(ran).containsExactly(2, 1);
    }

    @Test
    void runsAllAlsoWhatATaskSchedules() {
        scheduler.schedule(() -> add(2));
        add(1);
        scheduler.runAll();
        assertThat(ran).containsExactly(1, 2);
        assertThat(scheduler.waiting()).isZero();
    }

    @Test
    void goesOnAfterATaskThatThrows() {
        scheduler.schedule(() -> {
            throw new IllegalStateException("of the task");
        });
        add(1);
        assertThatThrownBy(scheduler::runAll).hasMessage("of the task");
        scheduler.runAll();
        assertThat(ran).containsExactly(1);
    }

    @Test
    void forgetsATaskThatIsDisposedOf() {
        Disposable first = add(1);
        Disposable second = add(2);
        first.dispose();
        assertThat(first.isDisposed()).isTrue();
        assertThat(second.isDisposed()).isFalse();
        scheduler.runAll();
        assertThat(ran).containsExactly(2);
        assertThat(second.isDisposed()).isTrue();
    }

    @Test
    void throwsOnceForEachFailureAndTakesNoTaskThen() {
        RejectedExecutionException full = new RejectedExecutionException("full");
        OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread");
        scheduler.failNext(full);
        scheduler.failNext(noThread);
        assertThatThrownBy(() -> add(1)).isSameAs(full);
        assertThatThrownBy(() -> add(2)).isSameAs(noThread);
        add(3);
        scheduler.runAll();
        assertThat(ran).containsExactly(3);
    }

    @Test
    void cannotThrowWhatNoSchedulerCan() {
        assertThatThrownBy(() -> scheduler.failNext(new IOException("checked")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hasNoClock() {
        assertThatThrownBy(() -> scheduler.schedule(() -> {}, 1, TimeUnit.SECONDS))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void takesNothingAndForgetsAllOnceItIsDisposedOf() {
        add(1);
        scheduler.dispose();
        assertThat(scheduler.isDisposed()).isTrue();
        assertThat(scheduler.runNext()).isFalse();
        assertThatThrownBy(() -> add(2)).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void servesOperatorsThroughItsWorkers() {
        TestSubscriber<Integer> subscriber = TestSubscriber.create();
        Flux.just(1, 2).publishOn(scheduler).subscribe(subscriber);
        assertThat(subscriber.getReceivedOnNext()).isEmpty();
        scheduler.runAll();
        assertThat(subscriber.getReceivedOnNext()).containsExactly(1, 2);
        assertThat(subscriber.isTerminatedComplete()).isTrue();
    }

    @Test
    void forgetsTheTasksOfAWorkerThatIsDisposedOf() {
        Scheduler.Worker worker = scheduler.createWorker();
        worker.schedule(() -> ran.add(1));
        add(2);
        worker.dispose();
        assertThat(worker.isDisposed()).isTrue();
        assertThatThrownBy(() -> worker.schedule(() -> {})).isInstanceOf(RejectedExecutionException.class);
        scheduler.runAll();
        assertThat(ran).containsExactly(2);
    }
}
