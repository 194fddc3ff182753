package io.containerstatus.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The open files of this process, as Linux reports them. */
final class Descriptors {
    private static final Path ALL = Path.of("/proc/self/fd");

    private Descriptors() {}

    /** Counts the open files in and under this path; 0 if the system does not report them. */
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
