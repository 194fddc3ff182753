package io.containerstatus.json;

import io.containerstatus.ContainerResources;
import io.containerstatus.HugepageLimit;
import io.containerstatus.LinuxContainerResources;
import io.containerstatus.Status;
import io.containerstatus.WindowsContainerResources;
import io.containerstatus.WindowsCpuGroupAffinity;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The forms of a status and its parts. Each component of their records is a field with the same name. The
 * additional properties are left out, because they belong to the file.
 */
final class JsonForms {
    private static final HugepageLimit NO_LIMIT = new HugepageLimit("", 0);
    private static final WindowsCpuGroupAffinity NO_AFFINITY = new WindowsCpuGroupAffinity(0, 0);
    private static final ContainerResources NO_RESOURCES = new ContainerResources(null, null);

    static final JsonForm<HugepageLimit, HugepageLimit> HUGEPAGE_LIMIT = new JsonForm<HugepageLimit, HugepageLimit>(
                    () -> NO_LIMIT, Function.identity())
            .text("pageSize", HugepageLimit::pageSize, (limit, v) -> new HugepageLimit(v, limit.limit()))
            .unsigned("limit", HugepageLimit::limit, (limit, v) -> new HugepageLimit(limit.pageSize(), v));

    static final JsonForm<LinuxContainerResources, LinuxContainerResources.Builder> LINUX = new JsonForm<>(
                    LinuxContainerResources::builder, LinuxContainerResources.Builder::build)
            .number("cpuPeriod", LinuxContainerResources::cpuPeriod, LinuxContainerResources.Builder::cpuPeriod)
            .number("cpuQuota", LinuxContainerResources::cpuQuota, LinuxContainerResources.Builder::cpuQuota)
            .number("cpuShares", LinuxContainerResources::cpuShares, LinuxContainerResources.Builder::cpuShares)
            .number(
                    "memoryLimitInBytes",
                    LinuxContainerResources::memoryLimitInBytes,
                    LinuxContainerResources.Builder::memoryLimitInBytes)
            .number("oomScoreAdj", LinuxContainerResources::oomScoreAdj, LinuxContainerResources.Builder::oomScoreAdj)
            .text("cpusetCpus", LinuxContainerResources::cpusetCpus, LinuxContainerResources.Builder::cpusetCpus)
            .text("cpusetMems", LinuxContainerResources::cpusetMems, LinuxContainerResources.Builder::cpusetMems)
            .list(
                    "hugepageLimits",
                    HugepageLimit.class,
                    LinuxContainerResources::hugepageLimits,
                    LinuxContainerResources.Builder::hugepageLimits)
            .texts("unified", LinuxContainerResources::unified, LinuxContainerResources.Builder::unified)
            .number(
                    "memorySwapLimitInBytes",
                    LinuxContainerResources::memorySwapLimitInBytes,
                    LinuxContainerResources.Builder::memorySwapLimitInBytes);

    static final JsonForm<WindowsCpuGroupAffinity, WindowsCpuGroupAffinity> AFFINITY = new JsonForm<
                    WindowsCpuGroupAffinity, WindowsCpuGroupAffinity>(() -> NO_AFFINITY, Function.identity())
            .unsigned(
                    "cpuMask",
                    WindowsCpuGroupAffinity::cpuMask,
                    (affinity, v) -> new WindowsCpuGroupAffinity(v, affinity.cpuGroup()))
            .number(
                    "cpuGroup",
                    WindowsCpuGroupAffinity::cpuGroup,
                    (affinity, v) -> new WindowsCpuGroupAffinity(affinity.cpuMask(), v));

    static final JsonForm<WindowsContainerResources, WindowsContainerResources.Builder> WINDOWS = new JsonForm<>(
                    WindowsContainerResources::builder, WindowsContainerResources.Builder::build)
            .number("cpuShares", WindowsContainerResources::cpuShares, WindowsContainerResources.Builder::cpuShares)
            .number("cpuCount", WindowsContainerResources::cpuCount, WindowsContainerResources.Builder::cpuCount)
            .number("cpuMaximum", WindowsContainerResources::cpuMaximum, WindowsContainerResources.Builder::cpuMaximum)
            .number(
                    "memoryLimitInBytes",
                    WindowsContainerResources::memoryLimitInBytes,
                    WindowsContainerResources.Builder::memoryLimitInBytes)
            .number(
                    "rootfsSizeInBytes",
                    WindowsContainerResources::rootfsSizeInBytes,
                    WindowsContainerResources.Builder::rootfsSizeInBytes)
            .list(
                    "affinityCpus",
                    WindowsCpuGroupAffinity.class,
                    WindowsContainerResources::affinityCpus,
                    WindowsContainerResources.Builder::affinityCpus);

    static final JsonForm<ContainerResources, ContainerResources> RESOURCES = new JsonForm<
                    ContainerResources, ContainerResources>(() -> NO_RESOURCES, Function.identity())
            .value(
                    "linux",
                    LinuxContainerResources.class,
                    ContainerResources::linux,
                    (resources, v) -> new ContainerResources(v, resources.windows()))
            .value(
                    "windows",
                    WindowsContainerResources.class,
                    ContainerResources::windows,
                    (resources, v) -> new ContainerResources(resources.linux(), v));

    static final JsonForm<Status, Status.Builder> STATUS = new JsonForm<>(Status::builder, Status.Builder::build)
            .derived("state", status -> status.state().name())
            .number("pid", Status::pid, Status.Builder::pid)
            .time("createdAt", Status::createdAt, Status.Builder::createdAt)
            .time("startedAt", Status::startedAt, Status.Builder::startedAt)
            .time("finishedAt", Status::finishedAt, Status.Builder::finishedAt)
            .value("exitCode", Integer.class, JsonForms::exitCode, Status.Builder::exitCode)
            .text("reason", Status::reason, Status.Builder::reason)
            .text("message", Status::message, Status.Builder::message)
            .flag("starting", Status::starting, Status.Builder::starting)
            .flag("removing", Status::removing, Status.Builder::removing)
            .flag("unknown", Status::unknown, Status.Builder::unknown)
            .value("resources", ContainerResources.class, Status::resources, Status.Builder::resources)
            .value("restore", Boolean.class, Status::restore, Status.Builder::restore);

    private JsonForms() {}

    /**
     * Returns the exit code; null if the container has not ended and the code is 0. After the end, 0 is
     * written, because it means success.
     */
    private static @Nullable Integer exitCode(Status status) {
        return status.finishedAt() == null && status.exitCode() == 0 ? null : status.exitCode();
    }
}
