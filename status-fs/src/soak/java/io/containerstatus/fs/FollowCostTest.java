package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cost of following 10,000 containers. Prints the figures, with a warm virtual machine and a warm page cache. */
@Tag("soak")
class FollowCostTest {
    private static final int CONTAINERS = 10_000;
    private static final int ROUNDS = 10;
    /** The CPU statistics of the thread that reads this file; the nanoseconds on a CPU come first. */
    private static final Path THREAD_TIMES = Path.of("/proc/thread-self/schedstat");

    @TempDir
    Path root;

    private long nanoTime;

    @Test
    void ofTenThousandContainers() throws IOException {
        for (int i = 0; i < CONTAINERS; i++) {
            put(root, "c" + i, CREATED);
        }
        FollowedRootIdentity identity = FollowedRootIdentity.of(root);
        for (int round = 1; round <= ROUNDS; round++) {
            measure("polling", FolderWatch.polling(identity), round == ROUNDS);
            measure("events", FolderWatch.open(identity, FollowerMetricsGuard.NONE), round == ROUNDS);
        }
    }

    private void measure(String means, FolderWatch watch, boolean print) throws IOException {
        try (watch) {
            DirtyIds dirtyIds = new DirtyIds(System::nanoTime);
            FollowedRoot followed = new FollowedRoot(
                    FollowSamples.settings(root), FollowedRootIdentity.of(root), watch, dirtyIds, () -> nanoTime);
            long[] snapshot = scan(followed, dirtyIds, CONTAINERS);
            nanoTime += FollowedFolder.SETTLED_AFTER_NANOS;
            long[] second = scan(followed, dirtyIds, 0);
            long[] later = scan(followed, dirtyIds, 0);
            if (print) {
                System.out.printf(
                        "%d containers by %s: snapshot %d ms (%d ms of it CPU of its thread), the full scan that reads"
                                + " them once more %d (%d), each later one %d (%d)%n",
                        CONTAINERS, means, snapshot[0], snapshot[1], second[0], second[1], later[0], later[1]);
            }
        }
    }

    /** Returns the elapsed milliseconds, and the milliseconds of the thread's CPU time. */
    private static long[] scan(FollowedRoot followed, DirtyIds dirtyIds, int expected) throws IOException {
        long begin = System.nanoTime();
        long cpu = cpuNanos();
        int changes = 0;
        dirtyIds.everything();
        while (followed.next() != null) {
            changes++;
        }
        assertThat(changes).isEqualTo(expected);
        return new long[] {(System.nanoTime() - begin) / 1_000_000, (cpuNanos() - cpu) / 1_000_000};
    }

    private static long cpuNanos() throws IOException {
        assumeTrue(Files.isReadable(THREAD_TIMES), "Linux reports how long a thread was on a CPU");
        return Long.parseLong(Files.readString(THREAD_TIMES).split(" ")[0]);
    }
}
