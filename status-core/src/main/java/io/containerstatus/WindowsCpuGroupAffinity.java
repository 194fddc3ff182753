package io.containerstatus;

/**
 * The processors of one group that a Windows container may use (CRI's {@code
 * WindowsCpuGroupAffinity}).
 *
 * @param cpuMask one bit a processor (CRI field {@code cpu_mask}, uint64): the long is to be read
 *     as <em>unsigned</em>; 0 when not set
 * @param cpuGroup the processor group (CRI field {@code cpu_group}, uint32), 0 to 4294967295
 */
public record WindowsCpuGroupAffinity(long cpuMask, long cpuGroup) {

    /**
     * Checks the range of the group.
     *
     * @throws IllegalArgumentException if {@code cpuGroup} does not fit into 32 unsigned bits
     */
    public WindowsCpuGroupAffinity {
        Ranges.requireUint32(cpuGroup, "cpuGroup");
    }
}
