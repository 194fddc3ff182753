package io.containerstatus;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The resource limits of a container (CRI's {@code ContainerResources}).
 *
 * <p>Instances are deeply immutable. Either part, both or neither may be set. An object without parts is not
 * the same as no object: containerd and {@link StatusCodec} write the former as <code>{}</code> and the latter
 * as {@code null}.
 *
 * @param linux the limits on Linux (CRI field {@code linux}), or null if there are none
 * @param windows the limits on Windows (CRI field {@code windows}), or null if there are none
 * @param additionalProperties the members of the JSON object {@code Resources} that this library does not
 *     know, see {@link Status#additionalProperties()}; usually empty. To keep them when you replace a part,
 *     pass those of the old object
 */
public record ContainerResources(
        @Nullable LinuxContainerResources linux,
        @Nullable WindowsContainerResources windows,
        Map<String, String> additionalProperties) {

    /**
     * Checks the additional properties.
     *
     * @throws IllegalArgumentException if {@code additionalProperties} has entries and does not come from a
     *     decoded {@code ContainerResources}
     */
    public ContainerResources {
        additionalProperties = AdditionalProperties.of(additionalProperties, ContainerResources.class);
    }

    /** Creates resources without additional properties. A part that is null is not set. */
    public ContainerResources(@Nullable LinuxContainerResources linux, @Nullable WindowsContainerResources windows) {
        this(linux, windows, AdditionalProperties.NONE);
    }

    /** Returns resources with a Linux part only. */
    public static ContainerResources ofLinux(LinuxContainerResources linux) {
        return new ContainerResources(linux, null);
    }

    /** Returns resources with a Windows part only. */
    public static ContainerResources ofWindows(WindowsContainerResources windows) {
        return new ContainerResources(null, windows);
    }

    /**
     * Returns the same limits without additional properties, on this object, its parts and their elements.
     */
    ContainerResources withoutAdditionalProperties() {
        return new ContainerResources(
                linux == null ? null : linux.withoutAdditionalProperties(),
                windows == null ? null : windows.withoutAdditionalProperties());
    }
}
