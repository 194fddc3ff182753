package io.containerstatus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What the kernel holds of the disk in memory. */
final class PageCache {
    private static final Path DROP = Path.of("/proc/sys/vm/drop_caches");

    private PageCache() {}

    /** Returns whether it can be dropped: on Linux, by root. */
    static boolean canBeDropped() {
        return Files.isWritable(DROP);
    }

    /** Writes back what is dirty, so that it is not written during a turn. */
    static void writeBack() throws IOException, InterruptedException {
        Process sync = new ProcessBuilder("sync").inheritIO().start();
        if (!sync.waitFor(5, TimeUnit.MINUTES) || sync.exitValue() != 0) {
            throw new IOException("sync failed");
        }
    }

    /** Writes back what is dirty, and drops pages, names and inodes. */
    static void drop() throws IOException, InterruptedException {
        writeBack();
        Files.writeString(DROP, "3");
    }
}
