package io.containerstatus.fs;

import io.containerstatus.fs.internal.OperatorLog;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Stops all changes once the path of the root or of its lock file no longer leads to the folder or file that was
 * taken: a file system was mounted over the root, or one of the two was renamed, removed or replaced. The path may
 * now lead to another store's files. The stop is final, even if the old root comes back, because its lock may have
 * been taken in the meantime.
 *
 * <p>As long as the store holds the lock file open, the kernel does not reuse the inode numbers of the root
 * and the lock file.
 *
 * <p>This class is threadsafe.
 */
final class RootGuard {
    private final Layout layout;
    private final RootIdentity taken;
    private final AtomicBoolean logged = new AtomicBoolean();
    private volatile String loss = "";

    /** Guards the folder and the lock file that were taken. There must be a lock file. */
    RootGuard(Layout layout, RootIdentity taken) {
        this.layout = layout;
        this.taken = taken;
    }

    /** Returns why nothing can be changed any more; empty if no check has found a reason. */
    String loss() {
        return loss;
    }

    /**
     * Checks the root and its lock file. Called before every change, and again right before its commit point.
     *
     * @throws RootCheckException if one of the two is gone or was replaced, now or at an earlier check; or if one
     *     cannot be checked now, and then a later check may succeed
     */
    void require() throws RootCheckException {
        String found = loss;
        if (found.isEmpty()) {
            found = check();
        }
        if (!found.isEmpty()) {
            loss = found;
            if (logged.compareAndSet(false, true)) {
                OperatorLog.error(RootGuard.class, found, null);
            }
            throw new RootCheckException(found, null);
        }
    }

    /**
     * Returns whether the root and its lock file are certainly the same as before. Only then something may be removed
     * after a failure.
     */
    boolean holds() {
        try {
            require();
            return true;
        } catch (RootCheckException | RuntimeException | Error e) {
            // Not certain, for whatever reason, so nothing is removed. The caller already has a failure to report.
            return false;
        }
    }

    private String check() throws RootCheckException {
        String root = difference("its path", layout.root(), taken.root());
        if (!root.isEmpty()) {
            return lost(root + "; it was renamed, removed or replaced, or a file system was mounted over it");
        }
        String lock = difference("the path of its lock file (" + layout.lock() + ")", layout.lock(), taken.lock());
        return lock.isEmpty()
                ? ""
                : lost(lock + "; it was renamed, removed or replaced, and another store may have the root now");
    }

    private static String difference(String subject, Path path, @Nullable FileIdentity expected)
            throws RootCheckException {
        try {
            FileIdentity found = FileIdentity.of(path);
            return found.equals(expected) ? "" : subject + " leads to " + found + " instead of " + expected;
        } catch (NoSuchFileException e) {
            return subject + " leads to nothing";
        } catch (IOException | RuntimeException e) {
            throw new RootCheckException(
                    "it is not known whether " + path + " is still the one that was opened: " + IoReason.of(e), e);
        }
    }

    private String lost(String difference) {
        return "root " + layout.root() + " is lost: " + difference
                + ". No more changes are performed. Close the store, and open it again when the right root is in place";
    }
}
