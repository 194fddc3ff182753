package io.containerstatus.fs.internal;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * What an operator has to know though no caller asked for it. Only for rare events, each reported once; what a caller is
 * told is not logged. The loggers are {@link System.Logger}s with the names of packages, see docs/using.md.
 */
public final class OperatorLog {
    private OperatorLog() {}

    /** Reports that something is not as it should be, and that the store goes on. Never throws. */
    public static void warn(Class<?> reporter, String message, @Nullable Throwable cause) {
        log(reporter, Level.WARNING, message, cause);
    }

    /** Reports that a store, or a container, needs the operator. Never throws. */
    public static void error(Class<?> reporter, String message, @Nullable Throwable cause) {
        log(reporter, Level.ERROR, message, cause);
    }

    private static void log(Class<?> reporter, Level level, String message, @Nullable Throwable cause) {
        try {
            System.getLogger(reporter.getPackageName()).log(level, message, cause);
        } catch (Throwable thrown) {
            // The logger belongs to the application. Its failure must not stop what it reports on.
        }
    }
}
