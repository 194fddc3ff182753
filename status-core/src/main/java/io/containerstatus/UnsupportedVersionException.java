package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * A document is well-formed, but its version is not {@code v1}, the only version that containerd has ever
 * written. A newer program may have written it, so its content must be kept.
 */
public final class UnsupportedVersionException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String version;
    private final @Nullable String location;

    /** Creates the failure for a document without a location. */
    public UnsupportedVersionException(String version) {
        this(version, null, null);
    }

    private UnsupportedVersionException(String version, @Nullable String location, @Nullable Throwable cause) {
        super(Excerpt.located("unsupported status version " + Excerpt.quote(version), location), cause);
        this.version = version;
        this.location = location;
    }

    /** Returns the same failure with this location of the document. Its cause is this failure. */
    public UnsupportedVersionException at(String location) {
        return new UnsupportedVersionException(version, location, this);
    }

    /** Returns the document's version; empty if it has none. */
    public String version() {
        return version;
    }

    /** Returns the location of the document, such as the path of its file; null if it is not known. */
    public @Nullable String location() {
        return location;
    }
}
