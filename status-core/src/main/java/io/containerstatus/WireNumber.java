package io.containerstatus;

/**
 * The integer types of the wire format. All are held in a {@code long}, which is read as unsigned for
 * {@code UINT64}.
 */
enum WireNumber {
    INT32(Integer.MIN_VALUE, Integer.MAX_VALUE),
    INT64(Long.MIN_VALUE, Long.MAX_VALUE),
    UINT32(0, Ranges.MAX_UINT32),
    /** {@link #contains} covers only the values that fit a non-negative {@code long}. */
    UINT64(0, Long.MAX_VALUE);

    private final long min;
    private final long max;

    WireNumber(long min, long max) {
        this.min = min;
        this.max = max;
    }

    boolean isUnsigned() {
        return min == 0;
    }

    boolean contains(long value) {
        return value >= min && value <= max;
    }

    /** Returns the range, for a message. */
    String range() {
        return min + ".." + (this == UINT64 ? Long.toUnsignedString(-1) : Long.toString(max));
    }
}
