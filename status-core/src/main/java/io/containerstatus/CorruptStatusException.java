package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * A document is not a status in containerd's format. It is torn (partly written), empty, zeroed, not UTF-8 or
 * not JSON, or one of its values has the wrong type or is out of range.
 */
public final class CorruptStatusException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final long offset;
    private final @Nullable String location;

    /** Creates the failure for a document without a location. */
    public CorruptStatusException(String reason, long offset) {
        this(reason, offset, null, null);
    }

    private CorruptStatusException(String reason, long offset, @Nullable String location, @Nullable Throwable cause) {
        super(Excerpt.located("not a container status: " + reason + " (byte " + offset + ")", location), cause);
        this.reason = reason;
        this.offset = offset;
        this.location = location;
    }

    /** Returns the same failure with this location of the document. Its cause is this failure. */
    public CorruptStatusException at(String location) {
        return new CorruptStatusException(reason, offset, location, this);
    }

    /** Returns what is wrong. If the text quotes the document, it quotes a bounded part of it. */
    public String reason() {
        return reason;
    }

    /**
     * Returns the 0-based index of the byte at which the fault was detected, at most the length of
     * the document.
     */
    public long offset() {
        return offset;
    }

    /** Returns the location of the document, such as the path of its file; null if it is not known. */
    public @Nullable String location() {
        return location;
    }
}
