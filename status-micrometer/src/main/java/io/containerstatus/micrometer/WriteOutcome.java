package io.containerstatus.micrometer;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import org.jspecify.annotations.Nullable;

/** The outcomes of a durable step, by what a caller may conclude from each. */
enum WriteOutcome {
    SUCCESS,
    NOT_WRITTEN,
    INDETERMINATE,
    /** The status is too large, or the container already exists. This outcome says nothing about the disk. */
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
