package io.containerstatus.fs;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One write or deletion: whether it may change the root still, what it is doing, to which object, and whether a failure
 * leaves the old status in place. Not threadsafe.
 */
final class CommitProgress {
    private final String id;
    private final Path folder;
    private final boolean uncertain;
    private final RootGuard guard;
    private final FolderSync folderSync;
    private String failing = "the operation could not begin";
    private Path object;
    private boolean committing;

    /** Begins; {@code uncertain} says whether an earlier change left it open which status the disk holds. */
    CommitProgress(String id, Path folder, boolean uncertain, RootGuard guard, FolderSync folderSync) {
        this.id = id;
        this.folder = folder;
        this.uncertain = uncertain;
        this.guard = guard;
        this.folderSync = folderSync;
        this.object = folder;
    }

    String id() {
        return id;
    }

    Path folder() {
        return folder;
    }

    FolderSync folderSync() {
        return folderSync;
    }

    /** Fails if the root is not, or not for certain, the one that was taken. */
    void requireRoot() throws RootCheckException {
        guard.require();
    }

    /** Returns whether the root is the one that was taken: only then a failed change may clean up behind itself. */
    boolean rootHolds() {
        return guard.holds();
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

    /**
     * Returns the failure to report. An error of the virtual machine is its cause, and is not thrown on: it says nothing of
     * the disk, which this does, and the caller of the operation receives it. If there is not even memory for that, the
     * error that this throws in turn is taken as indeterminate.
     */
    StatusException failed(Throwable failure) {
        if (failure instanceof RootCheckException) {
            return failed(IoReason.of(failure), failure);
        }
        return failed(failing + " (" + object + "): " + IoReason.of(failure), failure);
    }

    private StatusException failed(String reason, Throwable cause) {
        return failure(id, committing || uncertain, reason, cause);
    }

    /**
     * Returns the failure of a change for this reason.
     *
     * @param uncertain whether this change has reached its commit point, or an earlier one left it open which status the
     *     disk holds: then the old status does not stand for certain
     */
    static StatusException failure(String id, boolean uncertain, String reason, @Nullable Throwable cause) {
        return uncertain
                ? new IndeterminateWriteException(id, reason, cause)
                : new NotWrittenException(id, reason, cause);
    }
}
