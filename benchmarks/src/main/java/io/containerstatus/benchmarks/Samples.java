package io.containerstatus.benchmarks;

import io.containerstatus.ContainerResources;
import io.containerstatus.HugepageLimit;
import io.containerstatus.LinuxContainerResources;
import io.containerstatus.Status;
import io.containerstatus.StatusTransitions;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The statuses that are used in all measurements. */
final class Samples {
    private static final Instant CREATED_AT = Instant.parse("2026-03-01T12:00:00.123456789Z");
    private static final Instant STARTED_AT = Instant.parse("2026-03-01T12:00:01.234567891Z");

    /** A status with only a time. */
    static final Status MINIMAL = StatusTransitions.created(CREATED_AT, null);

    /**
     * A running container with Linux limits, two limits of huge pages and two settings of cgroup v2; 490 bytes.
     */
    static final Status TYPICAL = Status.builder()
            .pid(19283)
            .createdAt(CREATED_AT)
            .startedAt(STARTED_AT)
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

    /** The status that is written to the disk, with 400 bytes. */
    static final Status STORED = TYPICAL.toBuilder()
            .resources(ContainerResources.ofLinux(LinuxContainerResources.builder()
                    .cpuPeriod(100_000)
                    .cpuQuota(50_000)
                    .cpuShares(1024)
                    .memoryLimitInBytes(268_435_456)
                    .cpusetCpus("0-3,8,10-12")
                    .cpusetMems("0")
                    .hugepageLimits(List.of(new HugepageLimit("2MB", 4_194_304)))
                    .memorySwapLimitInBytes(268_435_456)
                    .build()))
            .build();

    private Samples() {}

    /** Returns a status that differs from the given one and has about the same length. */
    static Status next(Status status) {
        return status.toBuilder().pid(status.pid() % 90_000 + 10_000).build();
    }
}
