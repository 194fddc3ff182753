package io.containerstatus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The kernel's cache of the disk. */
final class PageCache {
    private static final Path DROP = Path.of("/proc/sys/vm/drop_caches");

    private PageCache() {}

    /** Returns whether the cache can be dropped, which root can do on Linux. */
    static boolean canBeDropped() {
        return Files.isWritable(DROP);
    }

    /** Writes back dirty pages, so that they are not written during a turn. */
    static void writeBack() throws IOException, InterruptedException {
        Process sync = new ProcessBuilder("sync").inheritIO().start();
        if (!sync.waitFor(5, TimeUnit.MINUTES) || sync.exitValue() != 0) {
            throw new IOException("sync failed");
        }
    }

    /** Writes back dirty pages, and drops pages, names and inodes. */
    static void drop() throws IOException, InterruptedException {
        writeBack();
        Files.writeString(DROP, "3");
    }
}
