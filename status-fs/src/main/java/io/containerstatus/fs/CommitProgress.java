package io.containerstatus.fs;

import io.containerstatus.IndeterminateWriteException;
import io.containerstatus.NotWrittenException;
import io.containerstatus.StatusException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The progress of one write or deletion: whether it may still change the root, which step it performs on which
 * object, and whether a failure leaves the old status stored. This class is not threadsafe.
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

    /** {@code uncertain} is whether an earlier change has left it uncertain which status the disk holds. */
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

    /** Fails unless the path of the root certainly still leads to the root that was taken. */
    void requireRoot() throws RootCheckException {
        guard.require();
    }

    /**
     * Returns whether the path certainly still leads to the root that was taken. Only then a failed change may remove
     * its leftovers.
     */
    boolean rootHolds() {
        return guard.holds();
    }

    /** Records what a failure of the next step would mean, and on which object. */
    void next(String failing, Path object) {
        this.failing = failing;
        this.object = object;
    }

    /** Notes that from here on, a failure leaves it uncertain which status is stored. */
    void commits() {
        committing = true;
    }

    boolean isCommitting() {
        return committing;
    }

    /**
     * Returns the failure to report. An error of the virtual machine becomes its cause and is not rethrown: the
     * caller needs to know what the disk holds, and receives the error as the cause. If there is not enough
     * memory even for that, this method throws an error, and its caller must treat that as indeterminate.
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
     * @param uncertain whether this change has reached its commit point, or an earlier change has left it
     *     uncertain which status the disk holds. In both cases, the old status is not certainly stored
     */
    static StatusException failure(String id, boolean uncertain, String reason, @Nullable Throwable cause) {
        return uncertain
                ? new IndeterminateWriteException(id, reason, cause)
                : new NotWrittenException(id, reason, cause);
    }
}
