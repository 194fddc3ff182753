package io.containerstatus.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a crash of the process leaves of a root: the files as the kernel has them at that moment. */
public final class CrashedRoot {
    private CrashedRoot() {}

    /** Returns a copy of the root, in a new folder below the given one. */
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
