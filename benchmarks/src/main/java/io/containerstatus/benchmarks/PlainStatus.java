package io.containerstatus.benchmarks;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.containerstatus.ContainerResources;
import io.containerstatus.LinuxContainerResources;
import io.containerstatus.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A status as it would be written for Jackson's data binding alone: the same fields with the same names in
 * the same order, and times as plain numbers. Unlike the library's codec, it validates nothing, and keeps the
 * objects that it is given.
 */
@JsonPropertyOrder({
    "Version",
    "Pid",
    "CreatedAt",
    "StartedAt",
    "FinishedAt",
    "ExitCode",
    "Reason",
    "Message",
    "Resources"
})
record PlainStatus(
        @JsonProperty("Version") String version,
        @JsonProperty("Pid") long pid,
        @JsonProperty("CreatedAt") long createdAt,
        @JsonProperty("StartedAt") long startedAt,
        @JsonProperty("FinishedAt") long finishedAt,
        @JsonProperty("ExitCode") int exitCode,
        @JsonProperty("Reason") String reason,
        @JsonProperty("Message") String message,
        @JsonProperty("Resources") @Nullable Resources resources) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Resources(@JsonProperty("linux") @Nullable Linux linux) {}

    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    @JsonPropertyOrder({
        "cpu_period",
        "cpu_quota",
        "cpu_shares",
        "memory_limit_in_bytes",
        "oom_score_adj",
        "cpuset_cpus",
        "cpuset_mems",
        "hugepage_limits",
        "unified",
        "memory_swap_limit_in_bytes"
    })
    record Linux(
            @JsonProperty("cpu_period") long cpuPeriod,
            @JsonProperty("cpu_quota") long cpuQuota,
            @JsonProperty("cpu_shares") long cpuShares,
            @JsonProperty("memory_limit_in_bytes") long memoryLimitInBytes,
            @JsonProperty("oom_score_adj") long oomScoreAdj,
            @JsonProperty("cpuset_cpus") String cpusetCpus,
            @JsonProperty("cpuset_mems") String cpusetMems,
            @JsonProperty("hugepage_limits") List<Hugepages> hugepageLimits,
            @JsonProperty("unified") Map<String, String> unified,
            @JsonProperty("memory_swap_limit_in_bytes") long memorySwapLimitInBytes) {}

    @JsonPropertyOrder({"page_size", "limit"})
    record Hugepages(
            @JsonProperty("page_size") String pageSize,
            @JsonProperty("limit") long limit) {}

    /** Returns the same status for Jackson, without its Windows part. */
    static PlainStatus of(Status status) {
        return new PlainStatus(
                "v1",
                status.pid(),
                nanos(status.createdAt()),
                nanos(status.startedAt()),
                nanos(status.finishedAt()),
                status.exitCode(),
                status.reason(),
                status.message(),
                resources(status.resources()));
    }

    private static @Nullable Resources resources(@Nullable ContainerResources from) {
        LinuxContainerResources linux = from == null ? null : from.linux();
        if (linux == null) {
            return null;
        }
        List<Hugepages> hugepages = new ArrayList<>();
        linux.hugepageLimits().forEach(limit -> hugepages.add(new Hugepages(limit.pageSize(), limit.limit())));
        return new Resources(new Linux(
                linux.cpuPeriod(),
                linux.cpuQuota(),
                linux.cpuShares(),
                linux.memoryLimitInBytes(),
                linux.oomScoreAdj(),
                linux.cpusetCpus(),
                linux.cpusetMems(),
                hugepages,
                new TreeMap<>(linux.unified()),
                linux.memorySwapLimitInBytes()));
    }

    private static long nanos(@Nullable Instant time) {
        return time == null ? 0 : time.getEpochSecond() * 1_000_000_000L + time.getNano();
    }
}
