package io.containerstatus;

import static io.containerstatus.WireNumber.INT32;
import static io.containerstatus.WireNumber.INT64;
import static io.containerstatus.WireNumber.UINT32;
import static io.containerstatus.WireNumber.UINT64;

import java.util.Map;
import java.util.function.Function;

/**
 * containerd's wire format, version {@code v1}: all of its objects and their fields, in the order of
 * the file.
 */
final class WireFormat {
    static final String VERSION = "v1";

    private static final WindowsCpuGroupAffinity NO_AFFINITY = new WindowsCpuGroupAffinity(0, 0);
    private static final ContainerResources NO_RESOURCES = new ContainerResources(null, null);

    private static final WireObject<HugepageLimit, HugepageDraft> HUGEPAGE_LIMIT = WireObject.omittingEmpty(
                    HugepageDraft::new, HugepageDraft::build)
            .text("page_size", HugepageLimit::pageSize, HugepageDraft::pageSize)
            .number("limit", UINT64, HugepageLimit::limit, HugepageDraft::limit)
            .build(HugepageLimit.class, HugepageLimit::additionalProperties, HugepageDraft::additionalProperties);

    private static final WireObject<LinuxContainerResources, LinuxContainerResources.Builder> LINUX =
            WireObject.omittingEmpty(LinuxContainerResources::builder, LinuxContainerResources.Builder::build)
                    .number(
                            "cpu_period",
                            INT64,
                            LinuxContainerResources::cpuPeriod,
                            LinuxContainerResources.Builder::cpuPeriod)
                    .number(
                            "cpu_quota",
                            INT64,
                            LinuxContainerResources::cpuQuota,
                            LinuxContainerResources.Builder::cpuQuota)
                    .number(
                            "cpu_shares",
                            INT64,
                            LinuxContainerResources::cpuShares,
                            LinuxContainerResources.Builder::cpuShares)
                    .number(
                            "memory_limit_in_bytes",
                            INT64,
                            LinuxContainerResources::memoryLimitInBytes,
                            LinuxContainerResources.Builder::memoryLimitInBytes)
                    .number(
                            "oom_score_adj",
                            INT64,
                            LinuxContainerResources::oomScoreAdj,
                            LinuxContainerResources.Builder::oomScoreAdj)
                    .text(
                            "cpuset_cpus",
                            LinuxContainerResources::cpusetCpus,
                            LinuxContainerResources.Builder::cpusetCpus)
                    .text(
                            "cpuset_mems",
                            LinuxContainerResources::cpusetMems,
                            LinuxContainerResources.Builder::cpusetMems)
                    .list(
                            "hugepage_limits",
                            HUGEPAGE_LIMIT,
                            LinuxContainerResources::hugepageLimits,
                            LinuxContainerResources.Builder::hugepageLimits)
                    .texts("unified", LinuxContainerResources::unified, LinuxContainerResources.Builder::unified)
                    .number(
                            "memory_swap_limit_in_bytes",
                            INT64,
                            LinuxContainerResources::memorySwapLimitInBytes,
                            LinuxContainerResources.Builder::memorySwapLimitInBytes)
                    .build(
                            LinuxContainerResources.class,
                            LinuxContainerResources::additionalProperties,
                            LinuxContainerResources.Builder::additionalProperties);

    private static final WireObject<WindowsCpuGroupAffinity, WindowsCpuGroupAffinity> AFFINITY =
            WireObject.omittingEmpty(() -> NO_AFFINITY, Function.<WindowsCpuGroupAffinity>identity())
                    .number(
                            "cpu_mask",
                            UINT64,
                            WindowsCpuGroupAffinity::cpuMask,
                            (affinity, v) -> new WindowsCpuGroupAffinity(
                                    v, affinity.cpuGroup(), affinity.additionalProperties()))
                    .number(
                            "cpu_group",
                            UINT32,
                            WindowsCpuGroupAffinity::cpuGroup,
                            (affinity, v) ->
                                    new WindowsCpuGroupAffinity(affinity.cpuMask(), v, affinity.additionalProperties()))
                    .build(
                            WindowsCpuGroupAffinity.class,
                            WindowsCpuGroupAffinity::additionalProperties,
                            (affinity, v) -> new WindowsCpuGroupAffinity(affinity.cpuMask(), affinity.cpuGroup(), v));

    private static final WireObject<WindowsContainerResources, WindowsContainerResources.Builder> WINDOWS =
            WireObject.omittingEmpty(WindowsContainerResources::builder, WindowsContainerResources.Builder::build)
                    .number(
                            "cpu_shares",
                            INT64,
                            WindowsContainerResources::cpuShares,
                            WindowsContainerResources.Builder::cpuShares)
                    .number(
                            "cpu_count",
                            INT64,
                            WindowsContainerResources::cpuCount,
                            WindowsContainerResources.Builder::cpuCount)
                    .number(
                            "cpu_maximum",
                            INT64,
                            WindowsContainerResources::cpuMaximum,
                            WindowsContainerResources.Builder::cpuMaximum)
                    .number(
                            "memory_limit_in_bytes",
                            INT64,
                            WindowsContainerResources::memoryLimitInBytes,
                            WindowsContainerResources.Builder::memoryLimitInBytes)
                    .number(
                            "rootfs_size_in_bytes",
                            INT64,
                            WindowsContainerResources::rootfsSizeInBytes,
                            WindowsContainerResources.Builder::rootfsSizeInBytes)
                    .list(
                            "affinity_cpus",
                            AFFINITY,
                            WindowsContainerResources::affinityCpus,
                            WindowsContainerResources.Builder::affinityCpus)
                    .build(
                            WindowsContainerResources.class,
                            WindowsContainerResources::additionalProperties,
                            WindowsContainerResources.Builder::additionalProperties);

    private static final WireObject<ContainerResources, ContainerResources> RESOURCES = WireObject.omittingEmpty(
                    () -> NO_RESOURCES, Function.<ContainerResources>identity())
            .object(
                    "linux",
                    LINUX,
                    ContainerResources::linux,
                    (r, v) -> new ContainerResources(v, r.windows(), r.additionalProperties()))
            .object(
                    "windows",
                    WINDOWS,
                    ContainerResources::windows,
                    (r, v) -> new ContainerResources(r.linux(), v, r.additionalProperties()))
            .build(
                    ContainerResources.class,
                    ContainerResources::additionalProperties,
                    (r, v) -> new ContainerResources(r.linux(), r.windows(), v));

    static final WireObject<Status, Status.Builder> STATUS = WireObject.complete(Status::builder, Status.Builder::build)
            .version("Version", VERSION)
            .number("Pid", UINT32, Status::pid, Status.Builder::pid)
            .time("CreatedAt", Status::createdAt, Status.Builder::createdAt)
            .time("StartedAt", Status::startedAt, Status.Builder::startedAt)
            .time("FinishedAt", Status::finishedAt, Status.Builder::finishedAt)
            .number("ExitCode", INT32, Status::exitCode, (status, v) -> status.exitCode((int) v))
            .text("Reason", Status::reason, Status.Builder::reason)
            .text("Message", Status::message, Status.Builder::message)
            .object("Resources", RESOURCES, Status::resources, Status.Builder::resources)
            .flag("Restore", Status::restore, Status.Builder::restore)
            .build(Status.class, Status::additionalProperties, Status.Builder::additionalProperties);

    private WireFormat() {}

    /**
     * Collects the fields of a limit, and checks its string once, at the end. A new record for each key would
     * check the string for each key. For a document that repeats a key beside a long string, that takes
     * quadratic time.
     */
    private static final class HugepageDraft {
        private String pageSize = "";
        private long limit;
        private Map<String, String> additionalProperties = AdditionalProperties.NONE;

        HugepageDraft pageSize(String pageSize) {
            this.pageSize = pageSize;
            return this;
        }

        HugepageDraft limit(long limit) {
            this.limit = limit;
            return this;
        }

        HugepageDraft additionalProperties(Map<String, String> additionalProperties) {
            this.additionalProperties = additionalProperties;
            return this;
        }

        HugepageLimit build() {
            return new HugepageLimit(pageSize, limit, additionalProperties);
        }
    }
}
