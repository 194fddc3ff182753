package io.containerstatus.fs;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import java.nio.file.Path;

/**
 * How far a write or a deletion got: what it is doing, to which object, and whether a failure leaves the old status in
 * place. Not threadsafe.
 */
final class Progress {
    private final String id;
    private final Path folder;
    private String failing = "the operation could not begin";
    private Path object;
    private boolean committing;

    Progress(String id, Path folder) {
        this.id = id;
        this.folder = folder;
        this.object = folder;
    }

    String id() {
        return id;
    }

    Path folder() {
        return folder;
    }

    /** Notes what it would mean if the next step failed, and on which object. */
    void next(String failing, Path object) {
        this.failing = failing;
        this.object = object;
    }

    /** Notes that from here on a failure does not leave the old status for certain. */
    void commits() {
        committing = true;
    }

    boolean isCommitting() {
        return committing;
    }

    /** Returns the failure to report; rethrows an error of the virtual machine as it is. */
    StatusException failed(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        String reason = failing + " (" + object + "): " + IoReason.of(failure);
        return committing
                ? new IndeterminateWriteException(id, reason, failure)
                : new NotWrittenException(id, reason, failure);
    }
}
