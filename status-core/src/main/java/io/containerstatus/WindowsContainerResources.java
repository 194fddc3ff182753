package io.containerstatus;

import java.util.List;
import java.util.Map;

/**
 * The resource limits of a Windows container (CRI's {@code WindowsContainerResources}).
 *
 * <p>Instances are deeply immutable. The number 0 and the empty list mean "not set"; containerd leaves such fields
 * out of its file.
 *
 * @param cpuShares the relative weight, 0 to 10000 (CRI field {@code cpu_shares}); the range is not checked
 * @param cpuCount the number of processors (CRI field {@code cpu_count})
 * @param cpuMaximum the share of the processors' cycles, in units of 1/100 % (CRI field {@code cpu_maximum})
 * @param memoryLimitInBytes the memory limit in bytes (CRI field {@code memory_limit_in_bytes})
 * @param rootfsSizeInBytes the size of the root file system in bytes (CRI field {@code rootfs_size_in_bytes})
 * @param affinityCpus the processors that the container may use, one entry for each group, in order (CRI
 *     field {@code affinity_cpus})
 * @param additionalProperties the members of the JSON object {@code windows} that this library does not know,
 *     see {@link Status#additionalProperties()}; usually empty
 */
public record WindowsContainerResources(
        long cpuShares,
        long cpuCount,
        long cpuMaximum,
        long memoryLimitInBytes,
        long rootfsSizeInBytes,
        List<WindowsCpuGroupAffinity> affinityCpus,
        Map<String, String> additionalProperties) {

    /**
     * Copies the list.
     *
     * @throws NullPointerException if the list or an element is null
     * @throws IllegalArgumentException if {@code additionalProperties} has entries and does not come from a
     *     decoded {@code WindowsContainerResources}
     */
    public WindowsContainerResources {
        affinityCpus = List.copyOf(affinityCpus);
        additionalProperties = AdditionalProperties.of(additionalProperties, WindowsContainerResources.class);
    }

    /** Returns a builder with nothing set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with all values of these limits, including the additional properties. */
    public Builder toBuilder() {
        return new Builder()
                .cpuShares(cpuShares)
                .cpuCount(cpuCount)
                .cpuMaximum(cpuMaximum)
                .memoryLimitInBytes(memoryLimitInBytes)
                .rootfsSizeInBytes(rootfsSizeInBytes)
                .affinityCpus(affinityCpus)
                .additionalProperties(additionalProperties);
    }

    /** Returns the same limits without additional properties, on this object and its list elements. */
    WindowsContainerResources withoutAdditionalProperties() {
        return toBuilder()
                .affinityCpus(affinityCpus.stream()
                        .map(WindowsCpuGroupAffinity::withoutAdditionalProperties)
                        .toList())
                .additionalProperties(AdditionalProperties.NONE)
                .build();
    }

    /**
     * Builds limits. At first, no limit is set. If a setter is called more than once, the last value counts. The
     * units are those of the record's components. A builder is not threadsafe.
     */
    public static final class Builder {
        private long cpuShares;
        private long cpuCount;
        private long cpuMaximum;
        private long memoryLimitInBytes;
        private long rootfsSizeInBytes;
        private List<WindowsCpuGroupAffinity> affinityCpus = List.of();
        private Map<String, String> additionalProperties = AdditionalProperties.NONE;

        private Builder() {}

        /** Sets the relative weight. */
        public Builder cpuShares(long cpuShares) {
            this.cpuShares = cpuShares;
            return this;
        }

        /** Sets the number of processors. */
        public Builder cpuCount(long cpuCount) {
            this.cpuCount = cpuCount;
            return this;
        }

        /** Sets the share of the processors' cycles in units of 1/100 %. */
        public Builder cpuMaximum(long cpuMaximum) {
            this.cpuMaximum = cpuMaximum;
            return this;
        }

        /** Sets the memory limit in bytes. */
        public Builder memoryLimitInBytes(long memoryLimitInBytes) {
            this.memoryLimitInBytes = memoryLimitInBytes;
            return this;
        }

        /** Sets the size of the root file system in bytes. */
        public Builder rootfsSizeInBytes(long rootfsSizeInBytes) {
            this.rootfsSizeInBytes = rootfsSizeInBytes;
            return this;
        }

        /** Sets the processors that the container may use, in order; the list is copied. */
        public Builder affinityCpus(List<WindowsCpuGroupAffinity> affinityCpus) {
            this.affinityCpus = List.copyOf(affinityCpus);
            return this;
        }

        Builder additionalProperties(Map<String, String> additionalProperties) {
            this.additionalProperties = additionalProperties;
            return this;
        }

        /** Returns limits with the values set so far. */
        public WindowsContainerResources build() {
            return new WindowsContainerResources(
                    cpuShares,
                    cpuCount,
                    cpuMaximum,
                    memoryLimitInBytes,
                    rootfsSizeInBytes,
                    affinityCpus,
                    additionalProperties);
        }
    }
}
