package io.containerstatus.benchmarks;

import io.containerstatus.StatusCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A root as a runtime leaves it: a folder for each container with its status in it. Nothing is synced. */
final class StatusTree {
    private static final byte[] DOCUMENT = StatusCodec.encode(Samples.STORED);

    private StatusTree() {}

    /** Fills the root, which exists and is empty. */
    static Path fill(Path root, int containers) throws IOException {
        for (int i = 0; i < containers; i++) {
            Path folder = Files.createDirectory(root.resolve(HeldStatuses.id(i)));
            Files.write(folder.resolve("status"), DOCUMENT);
        }
        return root;
    }

    /** Restores the same status in the files of the first containers, up to this number. */
    static void putBack(Path root, int containers) throws IOException {
        for (int i = 0; i < containers; i++) {
            Files.write(root.resolve(HeldStatuses.id(i)).resolve("status"), DOCUMENT);
        }
    }
}
