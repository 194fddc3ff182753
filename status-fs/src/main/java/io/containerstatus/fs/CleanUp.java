package io.containerstatus.fs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** Steps after a failure. What goes wrong with them is added to the failure, and never hides it. */
final class CleanUp {
    private CleanUp() {}

    static void close(@Nullable Closeable resource, Throwable failure) {
        try {
            if (resource != null) {
                resource.close();
            }
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    static void deleteIfExists(@Nullable Path path, Throwable failure) {
        try {
            if (path != null) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    static void moveBack(Path moved, Path original, Throwable failure) {
        try {
            Files.move(moved, original, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
