package io.containerstatus.fs.internal;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Reports what an operator must know although no caller asked for it. It is only for rare events, and each is
 * reported once. A failure that a caller receives is not logged. The loggers are {@link System.Logger}s with the
 * names of packages, see docs/using.md.
 */
public final class OperatorLog {
    private OperatorLog() {}

    /** Reports a problem that does not stop the store. Never throws. */
    public static void warn(Class<?> reporter, String message, @Nullable Throwable cause) {
        log(reporter, Level.WARNING, message, cause);
    }

    /** Reports a problem for which a store or a container needs the operator. Never throws. */
    public static void error(Class<?> reporter, String message, @Nullable Throwable cause) {
        log(reporter, Level.ERROR, message, cause);
    }

    private static void log(Class<?> reporter, Level level, String message, @Nullable Throwable cause) {
        try {
            System.getLogger(reporter.getPackageName()).log(level, message, cause);
        } catch (Throwable thrown) {
            // The logger belongs to the application. Its failure must not stop the caller.
        }
    }
}
