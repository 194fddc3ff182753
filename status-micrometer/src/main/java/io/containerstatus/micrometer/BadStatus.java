package io.containerstatus.micrometer;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.StatusException;
import io.containerstatus.UnsupportedVersionException;

/** The reasons why a status cannot be used. */
enum BadStatus {
    CORRUPT,
    UNSUPPORTED_VERSION,
    /** The status is unreadable or missing: a follower reports both with the same exception. */
    UNREADABLE;

    static BadStatus of(StatusException failure) {
        if (failure instanceof CorruptStatusException) {
            return CORRUPT;
        }
        return failure instanceof UnsupportedVersionException ? UNSUPPORTED_VERSION : UNREADABLE;
    }
}
