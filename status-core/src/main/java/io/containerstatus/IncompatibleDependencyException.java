package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * A library that this one needs is missing, too old or too new, so no status can be read or written.
 * Nothing changed, and no container is at fault. Use at least the
 * {@linkplain #lowestVersion() lowest version} that works.
 */
public final class IncompatibleDependencyException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String artifact;
    private final String lowestVersion;
    private final String missing;

    /**
     * Creates the failure.
     *
     * @param artifact the library as {@code group:name}
     * @param lowestVersion the lowest version of the library that works
     * @param missing what was missing or did not work, in the words of the virtual machine
     * @param cause what was thrown, or null
     */
    public IncompatibleDependencyException(
            String artifact, String lowestVersion, String missing, @Nullable Throwable cause) {
        super(
                artifact + " on the class path or module path cannot be used: " + missing + "; use version "
                        + lowestVersion + " or newer",
                cause);
        this.artifact = artifact;
        this.lowestVersion = lowestVersion;
        this.missing = missing;
    }

    /** Returns the library as {@code group:name}, such as {@code tools.jackson.core:jackson-core}. */
    public String artifact() {
        return artifact;
    }

    /** Returns the lowest version of the library that works. */
    public String lowestVersion() {
        return lowestVersion;
    }

    /** Returns what was missing or did not work, in the words of the virtual machine. */
    public String missing() {
        return missing;
    }
}
