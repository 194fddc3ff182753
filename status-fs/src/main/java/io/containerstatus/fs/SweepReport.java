package io.containerstatus.fs;

import io.containerstatus.fs.internal.OperatorLog;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects what an opening could not remove, and logs it in a few lines, whatever the number. This class
 * is threadsafe.
 */
final class SweepReport {
    /** How many paths the log names. */
    private static final int NAMED = 3;

    /** The number of temporary files that could not be removed. Guarded by this, like the next two. */
    private int files;

    private @Nullable Path firstFile;
    private @Nullable Exception firstFailure;

    /** Records a temporary file that could not be removed. */
    synchronized void stays(Path file, Exception failure) {
        files++;
        if (firstFile == null) {
            firstFile = file;
            firstFailure = failure;
        }
    }

    /** Logs the collected files and these folders that could not be removed. If there are none, logs nothing. */
    synchronized void log(Path root, List<String> folders) {
        if (!folders.isEmpty()) {
            warn(
                    root,
                    folders.size()
                            + " folders of unfinished creations or deletions stay, because something else is in them"
                            + " or their removal failed: "
                            + String.join(", ", folders.subList(0, Math.min(NAMED, folders.size())))
                            + (folders.size() > NAMED ? ", ..." : ""),
                    null);
        }
        if (firstFile != null) {
            warn(root, files + " temporary files could not be removed, the first one is " + firstFile, firstFailure);
        }
    }

    private static void warn(Path root, String what, @Nullable Exception failure) {
        OperatorLog.warn(SweepReport.class, "root " + root + ": " + what + ". The next opening tries again", failure);
    }
}
