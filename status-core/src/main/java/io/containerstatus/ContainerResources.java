package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * The resource limits of a container (CRI's {@code ContainerResources}).
 *
 * <p>Deeply immutable. Both parts may be set; neither has to be. An object with no part at all is
 * not the same as no object: containerd writes the first as <code>{}</code> and the second as
 * {@code null}, and so does {@link StatusCodec}.
 *
 * @param linux the limits on Linux (CRI field {@code linux}), or null when there are none
 * @param windows the limits on Windows (CRI field {@code windows}), or null when there are none
 */
public record ContainerResources(
        @Nullable LinuxContainerResources linux, @Nullable WindowsContainerResources windows) {

    /** Returns resources with a Linux part only. */
    public static ContainerResources ofLinux(LinuxContainerResources linux) {
        return new ContainerResources(linux, null);
    }

    /** Returns resources with a Windows part only. */
    public static ContainerResources ofWindows(WindowsContainerResources windows) {
        return new ContainerResources(null, windows);
    }
}
