package io.containerstatus.fs;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How far a write or a deletion got: what it is doing, to which object, and whether a failure leaves the old status in
 * place. Not threadsafe.
 */
final class Progress {
    private final String id;
    private final Path folder;
    private final boolean uncertain;
    private String failing = "the operation could not begin";
    private Path object;
    private boolean committing;

    /** Begins; {@code uncertain} says whether an earlier change left it open which status the disk holds. */
    Progress(String id, Path folder, boolean uncertain) {
        this.id = id;
        this.folder = folder;
        this.uncertain = uncertain;
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
        return failed(failing + " (" + object + "): " + IoReason.of(failure), failure);
    }

    /** Returns the failure to report for this reason. */
    StatusException failed(String reason, @Nullable Throwable cause) {
        // Nothing was written now; but where an earlier change is uncertain, the old status does not stand for certain.
        return committing || uncertain
                ? new IndeterminateWriteException(id, reason, cause)
                : new NotWrittenException(id, reason, cause);
    }
}
