package io.containerstatus;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * How many bytes a call allocates, counted by the virtual machine. The limits are what interpreted code needs, and a
 * tenth more: compiled code only ever needs less.
 */
class CodecAllocationTest {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CALLS = 1000;

    private static final Status MINIMAL =
            StatusTransitions.created(Instant.parse("2026-03-01T12:00:00.123456789Z"), null);
    private static final Status TYPICAL = MINIMAL.toBuilder()
            .pid(19283)
            .startedAt(Instant.parse("2026-03-01T12:00:01.234567891Z"))
            .resources(ContainerResources.ofLinux(LinuxContainerResources.builder()
                    .cpuPeriod(100_000)
                    .cpuQuota(50_000)
                    .cpuShares(512)
                    .memoryLimitInBytes(268_435_456)
                    .oomScoreAdj(999)
                    .cpusetCpus("0-3")
                    .cpusetMems("0")
                    .hugepageLimits(List.of(new HugepageLimit("2MB", 4_194_304), new HugepageLimit("1GB", 1L << 30)))
                    .unified(Map.of("memory.high", "209715200", "pids.max", "512"))
                    .memorySwapLimitInBytes(268_435_456)
                    .build()))
            .build();

    private static Object result;

    /** Returns the bytes of one call, on average; the first ones, which load classes, do not count. */
    private static long bytes(Supplier<Object> call) {
        run(call);
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        run(call);
        return (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / CALLS;
    }

    private static void run(Supplier<Object> call) {
        for (int i = 0; i < CALLS; i++) {
            result = call.get();
        }
    }

    @Test
    void encodingAllocatesTheDocumentAndOneBuffer() {
        assertThat(bytes(() -> StatusCodec.encode(TYPICAL))).isLessThanOrEqualTo(1440);
        assertThat(bytes(() -> StatusCodec.encode(MINIMAL))).isLessThanOrEqualTo(920);
    }

    @Test
    void decodingAllocatesTheStatusAndWhatJacksonNeeds() {
        byte[] typical = StatusCodec.encode(TYPICAL);
        byte[] minimal = StatusCodec.encode(MINIMAL);
        assertThat(bytes(() -> StatusCodec.decode(typical))).isLessThanOrEqualTo(2590);
        assertThat(bytes(() -> StatusCodec.decode(minimal))).isLessThanOrEqualTo(1230);
    }
}
