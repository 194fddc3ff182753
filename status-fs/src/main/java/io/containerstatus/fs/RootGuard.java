package io.containerstatus.fs;

import io.containerstatus.fs.internal.OperatorLog;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Stops all changes once the path of the root or of its lock file leads to something else than what was taken. A file
 * system was then mounted over the root, or somebody renamed, removed or replaced one of the two: what lies there now may
 * belong to another store. This is final, also if the old root comes back: its lock may have been taken meanwhile.
 *
 * <p>While the store holds the lock file open, the kernel gives the inodes of both to nobody else.
 *
 * <p>Threadsafe.
 */
final class RootGuard {
    private final Layout layout;
    private final RootIdentity taken;
    private final AtomicBoolean logged = new AtomicBoolean();
    private volatile String loss = "";

    /** Guards what was taken; its lock file was there. */
    RootGuard(Layout layout, RootIdentity taken) {
        this.layout = layout;
        this.taken = taken;
    }

    /** Returns why nothing can be changed any more; empty as long as no check has found a reason. */
    String loss() {
        return loss;
    }

    /**
     * Checks both files. Called before every change, and again right before its commit point.
     *
     * @throws RootCheckException if one of them is another one or gone, now or at an earlier check; or if it cannot be
     *     looked at, and a later check may succeed then
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

    /** Returns whether both are known to be the same still: only then something may be removed after a failure. */
    boolean holds() {
        try {
            require();
            return true;
        } catch (RootCheckException | RuntimeException | Error e) {
            // Not known, whatever the reason: then nothing is removed. The caller has a failure to report already.
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
                + ". Nothing is changed any more. Close the store, and open it again when the right root is in place";
    }
}
