package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.ContainerResources;
import io.containerstatus.HugepageLimit;
import io.containerstatus.LinuxContainerResources;
import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusTransitions;
import io.containerstatus.testing.AllocatedBytes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * How many bytes a call of the codec allocates. This test is here because the core's own tests see only the
 * core's modules. The limits are what interpreted code needs, plus a tenth. Compiled code never needs more.
 */
class CodecAllocationTest {
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

    private Object result;

    @Test
    void encodingAllocatesTheDocumentAndOneBuffer() {
        assertThat(AllocatedBytes.ofOne(() -> result = StatusCodec.encode(TYPICAL)))
                .isLessThanOrEqualTo(1440);
        assertThat(AllocatedBytes.ofOne(() -> result = StatusCodec.encode(MINIMAL)))
                .isLessThanOrEqualTo(920);
    }

    @Test
    void decodingAllocatesTheStatusAndWhatJacksonNeeds() {
        byte[] typical = StatusCodec.encode(TYPICAL);
        byte[] minimal = StatusCodec.encode(MINIMAL);
        assertThat(AllocatedBytes.ofOne(() -> result = StatusCodec.decode(typical)))
                .isLessThanOrEqualTo(2590);
        assertThat(AllocatedBytes.ofOne(() -> result = StatusCodec.decode(minimal)))
                .isLessThanOrEqualTo(1230);
    }
}
