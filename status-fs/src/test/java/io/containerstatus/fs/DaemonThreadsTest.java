package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.fs.internal.DaemonThreads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DaemonThreadsTest {
    @Test
    void anExecutorEndsThreadsThatAreIdleForAMinute() {
        ThreadPoolExecutor executor = DaemonThreads.newExecutor("name", 4, 10);
        assertThat(executor.allowsCoreThreadTimeOut()).isTrue();
        assertThat(executor.getKeepAliveTime(TimeUnit.SECONDS)).isEqualTo(60);
        assertThat(executor.getMaximumPoolSize()).isEqualTo(4);
        assertThat(executor.getPoolSize()).isZero();
    }

    @Test
    void aTaskRunsOnANewThreadThatKeepsNoProcessAlive() {
        CompletableFuture<Thread> runner = new CompletableFuture<>();
        assertThat(DaemonThreads.start(() -> runner.complete(Thread.currentThread()), "of-the-test"))
                .isTrue();
        assertThat(runner).succeedsWithin(Samples.PATIENCE).satisfies(DaemonThreadsTest::isOurs);
    }

    private static void isOurs(Thread thread) {
        assertThat(thread.getName()).isEqualTo("of-the-test");
        assertThat(thread.isDaemon()).isTrue();
    }
}
