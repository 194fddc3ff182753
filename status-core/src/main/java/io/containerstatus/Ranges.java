package io.containerstatus;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Checks the ranges of the wire format's numbers, and converts its times: int64 nanoseconds since the epoch.
 */
final class Ranges {
    static final long MAX_UINT32 = 0xFFFF_FFFFL;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final Instant MIN_TIME = toInstant(Long.MIN_VALUE);
    private static final Instant MAX_TIME = toInstant(Long.MAX_VALUE);

    private Ranges() {}

    static long requireUint32(long value, String name) {
        if (value < 0 || value > MAX_UINT32) {
            throw new IllegalArgumentException(name + " " + value + " is not in 0.." + MAX_UINT32);
        }
        return value;
    }

    /** Returns the time; null for the epoch, which the wire format reads as "not set". */
    static @Nullable Instant requireNanos(@Nullable Instant time, String name) {
        if (time == null) {
            return null;
        }
        long second = time.getEpochSecond();
        if (second != 0 && second > MIN_TIME.getEpochSecond() && second < MAX_TIME.getEpochSecond()) {
            // This is the fast path, which nearly all times take. Each update of a status checks all times again.
            return time;
        }
        return requireNanosExactly(time, name);
    }

    private static @Nullable Instant requireNanosExactly(Instant time, String name) {
        if (time.equals(Instant.EPOCH)) {
            return null;
        }
        if (time.isBefore(MIN_TIME) || time.isAfter(MAX_TIME)) {
            throw new IllegalArgumentException(name + " " + time + " is not in " + MIN_TIME + ".." + MAX_TIME
                    + ", the range of int64 nanoseconds");
        }
        return time;
    }

    /** Returns the nanoseconds since the epoch; 0 for null. */
    static long toNanos(@Nullable Instant time) {
        if (time == null) {
            return 0;
        }
        // For the earliest times, the product overflows and the sum wraps back. The result always
        // fits (requireNanos).
        return time.getEpochSecond() * NANOS_PER_SECOND + time.getNano();
    }

    static Instant toInstant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND));
    }
}
