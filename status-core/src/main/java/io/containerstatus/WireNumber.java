package io.containerstatus;

/** The integers of the wire format, all held in a {@code long}; a {@code UINT64} one is to be read as unsigned. */
enum WireNumber {
    INT32(Integer.MIN_VALUE, Integer.MAX_VALUE),
    INT64(Long.MIN_VALUE, Long.MAX_VALUE),
    UINT32(0, Ranges.MAX_UINT32),
    /** Only the part that fits a positive {@code long} is {@linkplain #contains contained}. */
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

    /** Returns the range for a message. */
    String range() {
        return min + ".." + (this == UINT64 ? Long.toUnsignedString(-1) : Long.toString(max));
    }
}
