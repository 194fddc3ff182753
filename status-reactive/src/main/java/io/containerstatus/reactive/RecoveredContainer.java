package io.containerstatus.reactive;

import io.containerstatus.StatusException;
import org.jspecify.annotations.Nullable;

/**
 * How one container came out of a recovery.
 *
 * @param id the container's id
 * @param outcome what was found; anything but {@link Outcome#RECOVERED} makes the container's status UNKNOWN, with exit
 *     code 255 and reason {@code Unknown}, until an update says otherwise
 * @param failure what is wrong and where; null for {@link Outcome#RECOVERED} and {@link Outcome#MISSING}
 */
public record RecoveredContainer(
        String id, Outcome outcome, @Nullable StatusException failure) {

    /** What was found. */
    public enum Outcome {
        /** A status, now in memory as it was stored; durable from the first synced update on. */
        RECOVERED,
        /** A document that is no status; {@code failure} is a {@link io.containerstatus.CorruptStatusException}. */
        CORRUPT,
        /**
         * A document of another version; {@code failure} is an {@link io.containerstatus.UnsupportedVersionException}.
         */
        UNSUPPORTED_VERSION,
        /** A container without a status. */
        MISSING,
        /** A status that could not be read; {@code failure} is an {@link io.containerstatus.UnreadableStatusException}. */
        UNREADABLE
    }
}
