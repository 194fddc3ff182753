package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * A document is well-formed but not of version {@code v1}, the only one that containerd ever wrote: a
 * later writer may have written it. Its content must be kept.
 */
public final class UnsupportedVersionException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String version;
    private final @Nullable String location;

    /** Creates the failure for a document that is not tied to a place. */
    public UnsupportedVersionException(String version) {
        this(version, null, null);
    }

    private UnsupportedVersionException(String version, @Nullable String location, @Nullable Throwable cause) {
        super(Excerpt.located("unsupported status version " + Excerpt.quote(version), location), cause);
        this.version = version;
        this.location = location;
    }

    /** Returns the same failure, told of the document at this place, with this one as its cause. */
    public UnsupportedVersionException at(String location) {
        return new UnsupportedVersionException(version, location, this);
    }

    /** Returns the document's version; empty when it has none. */
    public String version() {
        return version;
    }

    /** Returns where the document lies, such as the path of its file, or null when that is not known. */
    public @Nullable String location() {
        return location;
    }
}
