package io.containerstatus;

import java.util.Map;

/**
 * The processors of one group that a Windows container may use (CRI's {@code WindowsCpuGroupAffinity}).
 *
 * @param cpuMask one bit for each processor (CRI field {@code cpu_mask}, uint64). Read the long as
 *     <em>unsigned</em>. 0 if not set
 * @param cpuGroup the processor group, 0 to 4294967295 (CRI field {@code cpu_group}, uint32)
 * @param additionalProperties the members of the list element that this library does not know, see
 *     {@link Status#additionalProperties()}; usually empty
 */
public record WindowsCpuGroupAffinity(long cpuMask, long cpuGroup, Map<String, String> additionalProperties) {

    /**
     * Checks the range of the group.
     *
     * @throws IllegalArgumentException if {@code cpuGroup} does not fit into 32 unsigned bits, or if {@code
     *     additionalProperties} has entries and does not come from a decoded {@code WindowsCpuGroupAffinity}
     */
    public WindowsCpuGroupAffinity {
        Ranges.requireUint32(cpuGroup, "cpuGroup");
        additionalProperties = AdditionalProperties.of(additionalProperties, WindowsCpuGroupAffinity.class);
    }

    /**
     * Creates an affinity without additional properties.
     *
     * @throws IllegalArgumentException if {@code cpuGroup} does not fit into 32 unsigned bits
     */
    public WindowsCpuGroupAffinity(long cpuMask, long cpuGroup) {
        this(cpuMask, cpuGroup, AdditionalProperties.NONE);
    }

    WindowsCpuGroupAffinity withoutAdditionalProperties() {
        return additionalProperties.isEmpty() ? this : new WindowsCpuGroupAffinity(cpuMask, cpuGroup);
    }
}
