package io.containerstatus.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Cleanup steps after a failure. If a step throws anything, even an Error, it is added to the failure and never
 * replaces it. The caller needs the failure, because it says what the disk holds.
 */
final class SuppressingCleanup {
    private SuppressingCleanup() {}

    static void close(@Nullable Closeable resource, Throwable failure) {
        try {
            if (resource != null) {
                resource.close();
            }
        } catch (IOException | RuntimeException | Error e) {
            suppress(e, failure);
        }
    }

    static void deleteIfExists(@Nullable Path path, Throwable failure) {
        try {
            if (path != null) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | RuntimeException | Error e) {
            suppress(e, failure);
        }
    }

    static void removeOurs(Path folder, Throwable failure) {
        try {
            FolderContents.removeOurs(folder);
        } catch (IOException | RuntimeException | Error e) {
            suppress(e, failure);
        }
    }

    static void moveBack(Path moved, Path original, Throwable failure) {
        try {
            Files.move(moved, original, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException | Error e) {
            suppress(e, failure);
        }
    }

    private static void suppress(Throwable suppressed, Throwable failure) {
        try {
            // The virtual machine keeps one OutOfMemoryError in reserve, and may throw the same one twice.
            if (suppressed != failure) {
                failure.addSuppressed(suppressed);
            }
        } catch (Error e) {
            // There is no memory for the list either. The failure matters more than what is added to it.
        }
    }
}
