package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.fs.internal.DaemonThreads;
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
}
