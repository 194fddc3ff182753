package io.containerstatus.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Copies a root as a crash of the process would leave it: the files as the kernel has them at that moment.
 */
public final class CrashedRoot {
    private CrashedRoot() {}

    /** Copies the root to a new folder below the given one, and returns the copy. */
    public static Path copy(Path root, Path below) throws IOException {
        Path copy = Files.createTempDirectory(below, "crashed");
        try (Stream<Path> all = Files.walk(root)) {
            for (Path one : all.toList()) {
                Path to = copy.resolve(root.relativize(one));
                if (!Files.isDirectory(one)) {
                    Files.copy(one, to);
                } else if (!to.equals(copy)) {
                    Files.createDirectory(to);
                }
            }
        }
        return copy;
    }
}
