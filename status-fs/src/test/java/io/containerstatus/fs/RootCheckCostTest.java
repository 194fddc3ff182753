package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.opened;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** The cost of checking the root and the lock file, compared with the write after it. */
class RootCheckCostTest {
    private static final int ROUNDS = 2000;

    @TempDir
    Path root;

    @Test
    void aCheckTakesLessThanTheWrite(TestReporter reporter) throws IOException {
        FileCheckpoints checkpoints = opened(root);
        Layout layout = Layout.resolve(root);
        RootGuard guard = new RootGuard(layout, RootIdentity.of(layout));
        long[] checks = new long[ROUNDS];
        long[] writes = new long[ROUNDS / 10];

        for (int i = 0; i < 5 * ROUNDS; i++) {
            long began = System.nanoTime();
            guard.require();
            checks[i % ROUNDS] = System.nanoTime() - began;
        }
        for (int i = 0; i < writes.length; i++) {
            long began = System.nanoTime();
            checkpoints.write("web-1", CREATED).block(PATIENCE);
            writes[i] = System.nanoTime() - began;
        }
        complete(checkpoints.close());

        long check = median(checks);
        long write = median(writes);
        reporter.publishEntry("nanoseconds of a check, of a durable write", check + ", " + write);
        assertThat(check).isPositive().isLessThan(write);
    }

    private static long median(long[] nanos) {
        Arrays.sort(nanos);
        return nanos[nanos.length / 2];
    }
}
