package io.containerstatus.benchmarks;

import java.nio.file.Path;

/** Opens a root once, and ends. It runs in a virtual machine that was started for it. */
final class FreshOpening {
    private FreshOpening() {}

    /**
     * Prints how many seconds it took, from just before the first call to the emitted store, or to the last
     * status that was read.
     *
     * @param args the root, the number of containers in it, and the number of threads with which a bare loop
     *     reads them; with 0, a store opens them
     */
    public static void main(String... args) throws Exception {
        Path root = Path.of(args[0]);
        int containers = Integer.parseInt(args[1]);
        int threads = Integer.parseInt(args[2]);
        System.out.println(
                threads == 0
                        ? RecoveryGroup.open(root, containers, /* cold= */ false)
                        : read(root, containers, threads));
    }

    private static double read(Path root, int containers, int threads) throws Exception {
        long began = System.nanoTime();
        int read = BareRecovery.byId(root, threads).size();
        double seconds = (System.nanoTime() - began) / 1e9;
        if (read != containers) {
            throw new IllegalStateException("read " + read + " of " + containers);
        }
        return seconds;
    }
}
