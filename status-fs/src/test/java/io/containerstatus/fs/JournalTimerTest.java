package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JournalTimerTest {
    private static final Duration DELAY = Duration.ofMillis(20);

    private final JournalTimer timer = new JournalTimer();

    @AfterEach
    void stop() {
        timer.stop();
    }

    @Test
    void aTaskRunsOnceItsDelayHasPassedByTheClock() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        AtomicLong ranAt = new AtomicLong();
        long before = timer.now();
        assertThat(timer.schedule(
                        () -> {
                            ranAt.set(timer.now());
                            ran.countDown();
                        },
                        DELAY.toNanos()))
                .isTrue();
        assertThat(ran.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(ranAt.get() - before).isGreaterThanOrEqualTo(DELAY.toNanos());
    }

    @Test
    void aStoppedTimerSaysThatATaskDoesNotRun() {
        timer.stop();
        assertThat(timer.schedule(() -> {}, 0)).isFalse();
    }
}
