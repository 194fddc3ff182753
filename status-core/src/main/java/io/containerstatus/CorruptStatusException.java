package io.containerstatus;

import org.jspecify.annotations.Nullable;

/**
 * The bytes of a document are no status in containerd's format: torn, empty, zeroed, not UTF-8, not
 * JSON, or with a value of the wrong type or out of range.
 */
public final class CorruptStatusException extends StatusException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final long offset;
    private final @Nullable String location;

    /** Creates the failure for a document that is not tied to a place. */
    public CorruptStatusException(String reason, long offset) {
        this(reason, offset, null, null);
    }

    private CorruptStatusException(String reason, long offset, @Nullable String location, @Nullable Throwable cause) {
        super(Excerpt.located("not a container status: " + reason + " (byte " + offset + ")", location), cause);
        this.reason = reason;
        this.offset = offset;
        this.location = location;
    }

    /** Returns the same failure, told of the document at this place, with this one as its cause. */
    public CorruptStatusException at(String location) {
        return new CorruptStatusException(reason, offset, location, this);
    }

    /** Returns what is wrong; it quotes a bounded part of the document at the most. */
    public String reason() {
        return reason;
    }

    /** Returns the 0-based index of the byte at which the fault was noticed, at most the length of the document. */
    public long offset() {
        return offset;
    }

    /** Returns where the document lies, such as the path of its file, or null when that is not known. */
    public @Nullable String location() {
        return location;
    }
}
