package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The thread that wakes the lanes. */
class CommitTimerTest {
    private static final long SOON = 1000;

    private final CommitTimer timer = new CommitTimer();
    private final BlockingQueue<Thread> rung = new LinkedBlockingQueue<>();

    @AfterEach
    void end() {
        timer.end();
    }

    private Thread awaitRing() throws InterruptedException {
        return rung.poll(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void whatWasStartedRunsOnADaemonThreadThatInheritsNothing() throws InterruptedException {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        local.set("of the first caller");
        BlockingQueue<String> inherited = new LinkedBlockingQueue<>();
        assertThat(timer.start(
                        () -> {
                            inherited.add(String.valueOf(local.get()));
                            rung.add(Thread.currentThread());
                        },
                        SOON))
                .isTrue();
        assertThat(awaitRing()).returns(true, Thread::isDaemon).returns("status-commit", Thread::getName);
        assertThat(inherited).containsExactly("null");
    }

    @Test
    void itsEndInterruptsNobodyAndRefusesWhatComesAfter() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        BlockingQueue<Boolean> undisturbed = new LinkedBlockingQueue<>();
        timer.start(
                () -> {
                    rung.add(Thread.currentThread());
                    try {
                        undisturbed.add(ended.await(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        undisturbed.add(false);
                    }
                },
                SOON);
        awaitRing();
        timer.end();
        assertThat(timer.start(() -> {}, SOON)).isFalse();
        ended.countDown();
        assertThat(undisturbed.poll(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void whateverKeepsAThreadFromStartingNothingIsStarted() {
        CommitTimer broken = new CommitTimer() {
            @Override
            Thread newThread(Runnable task) {
                throw new IllegalStateException("no thread for you");
            }
        };
        assertThat(broken.start(() -> rung.add(Thread.currentThread()), SOON)).isFalse();
        assertThat(rung).isEmpty();
        broken.end();
    }

    @Test
    void withoutAThreadNothingIsStartedAndNothingStays() throws InterruptedException {
        boolean[] threads = new boolean[1];
        CommitTimer poor = new CommitTimer() {
            @Override
            Thread newThread(Runnable task) {
                if (!threads[0]) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                return super.newThread(task);
            }
        };
        assertThat(poor.start(() -> rung.add(Thread.currentThread()), SOON)).isFalse();
        threads[0] = true;
        CountDownLatch second = new CountDownLatch(1);
        assertThat(poor.start(second::countDown, SOON)).isTrue();
        assertThat(second.await(StoreTest.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(rung).isEmpty();
        poor.end();
    }
}
