package io.containerstatus.micrometer;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import org.jspecify.annotations.Nullable;

/** What a durable step came to, by what may be concluded from it. */
enum WriteOutcome {
    SUCCESS,
    NOT_WRITTEN,
    INDETERMINATE,
    /** It says nothing of the disk: the status is too large, or the container is there already. */
    REFUSED;

    static WriteOutcome of(@Nullable StatusException failure) {
        if (failure == null) {
            return SUCCESS;
        }
        if (failure instanceof NotWrittenException) {
            return NOT_WRITTEN;
        }
        return failure instanceof IndeterminateWriteException ? INDETERMINATE : REFUSED;
    }
}
