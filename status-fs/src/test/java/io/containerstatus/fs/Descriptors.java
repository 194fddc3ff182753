package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files that this process has open, as Linux tells them. */
final class Descriptors {
    private static final Path ALL = Path.of("/proc/self/fd");

    private Descriptors() {}

    /** Counts the open files in and under this one; 0 where the system does not tell. */
    static long under(Path path) throws IOException {
        if (!Files.isDirectory(ALL)) {
            return 0;
        }
        long count = 0;
        try (var descriptors = Files.newDirectoryStream(ALL)) {
            for (Path descriptor : descriptors) {
                count += leadsUnder(path, descriptor) ? 1 : 0;
            }
        }
        return count;
    }

    private static boolean leadsUnder(Path path, Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(path);
        } catch (IOException e) {
            // Closed since it was listed.
            return false;
        }
    }
}
