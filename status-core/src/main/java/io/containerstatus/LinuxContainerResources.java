package io.containerstatus;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The resource limits of a Linux container (CRI's {@code LinuxContainerResources}).
 *
 * <p>Instances are deeply immutable. The number 0, the empty string and the empty collection mean "not
 * set"; containerd leaves such fields out of its file. The constructor's numbers are easily mixed up, so
 * use {@link #builder()}.
 *
 * @param cpuPeriod the CFS period in microseconds (CRI field {@code cpu_period})
 * @param cpuQuota the CFS quota in microseconds; -1 for no limit (CRI field {@code cpu_quota})
 * @param cpuShares the relative weight of the container's processes (CRI field {@code cpu_shares})
 * @param memoryLimitInBytes the memory limit in bytes (CRI field {@code memory_limit_in_bytes})
 * @param oomScoreAdj the adjustment of the out-of-memory score, on Linux -1000 to 1000 (CRI field
 *     {@code oom_score_adj}); the range is not checked
 * @param cpusetCpus the processors that the container may use, such as {@code 0-2,7} (CRI field
 *     {@code cpuset_cpus})
 * @param cpusetMems the memory nodes that the container may use, such as {@code 0} (CRI field
 *     {@code cpuset_mems})
 * @param hugepageLimits the limits of huge pages, in order; a page size may occur more than once (CRI field
 *     {@code hugepage_limits})
 * @param unified cgroup v2 settings by file name, sorted by the UTF-8 bytes of the names (CRI field
 *     {@code unified})
 * @param memorySwapLimitInBytes the limit of memory and swap together, in bytes (CRI field
 *     {@code memory_swap_limit_in_bytes})
 * @param additionalProperties the members of the JSON object {@code linux} that this library does not know,
 *     see {@link Status#additionalProperties()}; usually empty
 */
public record LinuxContainerResources(
        long cpuPeriod,
        long cpuQuota,
        long cpuShares,
        long memoryLimitInBytes,
        long oomScoreAdj,
        String cpusetCpus,
        String cpusetMems,
        List<HugepageLimit> hugepageLimits,
        Map<String, String> unified,
        long memorySwapLimitInBytes,
        Map<String, String> additionalProperties) {

    /**
     * Copies the collections, and replaces unpaired surrogates in all strings with U+FFFD.
     *
     * @throws NullPointerException if a component, an element, a key or a value is null
     * @throws IllegalArgumentException if {@code additionalProperties} has entries and does not come from a
     *     decoded {@code LinuxContainerResources}
     */
    public LinuxContainerResources {
        cpusetCpus = Text.wellFormed(Objects.requireNonNull(cpusetCpus, "cpusetCpus"));
        cpusetMems = Text.wellFormed(Objects.requireNonNull(cpusetMems, "cpusetMems"));
        hugepageLimits = List.copyOf(Objects.requireNonNull(hugepageLimits, "hugepageLimits"));
        unified = SortedTexts.copyOf(unified);
        additionalProperties = AdditionalProperties.of(additionalProperties, LinuxContainerResources.class);
    }

    /** Returns a builder with nothing set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with all values of these limits, including the additional properties. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns the same limits without additional properties, on this object and its list elements. */
    LinuxContainerResources withoutAdditionalProperties() {
        return toBuilder()
                .hugepageLimits(hugepageLimits.stream()
                        .map(HugepageLimit::withoutAdditionalProperties)
                        .toList())
                .additionalProperties(AdditionalProperties.NONE)
                .build();
    }

    /**
     * Builds limits. At first, no limit is set. If a setter is called more than once, the last value counts. The
     * units are those of the record's components. A builder is not threadsafe.
     */
    public static final class Builder {
        private long cpuPeriod;
        private long cpuQuota;
        private long cpuShares;
        private long memoryLimitInBytes;
        private long oomScoreAdj;
        private String cpusetCpus = "";
        private String cpusetMems = "";
        private List<HugepageLimit> hugepageLimits = List.of();
        private Map<String, String> unified = Map.of();
        private long memorySwapLimitInBytes;
        private Map<String, String> additionalProperties = AdditionalProperties.NONE;

        private Builder() {}

        private Builder(LinuxContainerResources from) {
            cpuPeriod = from.cpuPeriod;
            cpuQuota = from.cpuQuota;
            cpuShares = from.cpuShares;
            memoryLimitInBytes = from.memoryLimitInBytes;
            oomScoreAdj = from.oomScoreAdj;
            cpusetCpus = from.cpusetCpus;
            cpusetMems = from.cpusetMems;
            hugepageLimits = from.hugepageLimits;
            unified = from.unified;
            memorySwapLimitInBytes = from.memorySwapLimitInBytes;
            additionalProperties = from.additionalProperties;
        }

        /** Sets the CFS period in microseconds. */
        public Builder cpuPeriod(long cpuPeriod) {
            this.cpuPeriod = cpuPeriod;
            return this;
        }

        /** Sets the CFS quota in microseconds, -1 for no limit. */
        public Builder cpuQuota(long cpuQuota) {
            this.cpuQuota = cpuQuota;
            return this;
        }

        /** Sets the relative weight of the container's processes. */
        public Builder cpuShares(long cpuShares) {
            this.cpuShares = cpuShares;
            return this;
        }

        /** Sets the memory limit in bytes. */
        public Builder memoryLimitInBytes(long memoryLimitInBytes) {
            this.memoryLimitInBytes = memoryLimitInBytes;
            return this;
        }

        /** Sets the adjustment of the out-of-memory score. */
        public Builder oomScoreAdj(long oomScoreAdj) {
            this.oomScoreAdj = oomScoreAdj;
            return this;
        }

        /** Sets the processors that the container may use, such as {@code 0-2,7}. */
        public Builder cpusetCpus(String cpusetCpus) {
            this.cpusetCpus = Objects.requireNonNull(cpusetCpus, "cpusetCpus");
            return this;
        }

        /** Sets the memory nodes that the container may use, such as {@code 0}. */
        public Builder cpusetMems(String cpusetMems) {
            this.cpusetMems = Objects.requireNonNull(cpusetMems, "cpusetMems");
            return this;
        }

        /** Sets the limits of huge pages, in order; the list is copied. */
        public Builder hugepageLimits(List<HugepageLimit> hugepageLimits) {
            this.hugepageLimits = List.copyOf(Objects.requireNonNull(hugepageLimits, "hugepageLimits"));
            return this;
        }

        /** Sets the cgroup v2 settings by file name; the map is copied. */
        public Builder unified(Map<String, String> unified) {
            this.unified = SortedTexts.copyOf(unified);
            return this;
        }

        /** Sets the limit of memory and swap together in bytes. */
        public Builder memorySwapLimitInBytes(long memorySwapLimitInBytes) {
            this.memorySwapLimitInBytes = memorySwapLimitInBytes;
            return this;
        }

        Builder additionalProperties(Map<String, String> additionalProperties) {
            this.additionalProperties = additionalProperties;
            return this;
        }

        /** Returns limits with the values set so far. */
        public LinuxContainerResources build() {
            return new LinuxContainerResources(
                    cpuPeriod,
                    cpuQuota,
                    cpuShares,
                    memoryLimitInBytes,
                    oomScoreAdj,
                    cpusetCpus,
                    cpusetMems,
                    hugepageLimits,
                    unified,
                    memorySwapLimitInBytes,
                    additionalProperties);
        }
    }
}
