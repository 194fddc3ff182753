package io.containerstatus.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system of another type in a file, mounted by a loop device. */
final class LoopDisk implements AutoCloseable {
    private static final int MEBIBYTE = 1 << 20;

    private final Path path;

    private LoopDisk(Path path) {
        this.path = path;
    }

    /** This machine cannot create or mount such a file system. The message says why. */
    static final class NotPossible extends Exception {
        private static final long serialVersionUID = 1;

        private NotPossible(String message) {
            super(message);
        }
    }

    /**
     * Creates a file system, and mounts it at {@code <folder>/mounted}, where benchmarks/run searches for the
     * remains of an interrupted run. The whole file is written first, so that a write to it never has to
     * allocate space in the file system below.
     *
     * @param type the type, as in {@code mkfs.<type>}
     * @param mebibytes the size
     */
    static LoopDisk make(Path folder, String type, int mebibytes)
            throws IOException, InterruptedException, NotPossible {
        String make = "mkfs." + type;
        run(make, "-V");
        Path image = folder.resolve("image");
        fill(image, mebibytes);
        Path path = Files.createDirectory(folder.resolve("mounted"));
        try {
            run(make, "-q", "-K", image.toString());
            run("mount", "-t", type, "-o", "loop,nodiscard", image.toString(), path.toString());
        } catch (NotPossible e) {
            Files.delete(image);
            throw e;
        }
        return new LoopDisk(path);
    }

    /** Returns the path at which it is mounted. */
    Path path() {
        return path;
    }

    private static void fill(Path image, int mebibytes) throws IOException {
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < mebibytes; i++) {
                ByteBuffer zeros = ByteBuffer.allocate(MEBIBYTE);
                while (zeros.hasRemaining()) {
                    file.write(zeros);
                }
            }
            file.force(true);
        }
    }

    private static void run(String... command) throws InterruptedException, NotPossible {
        String output;
        int exit;
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            exit = process.waitFor();
        } catch (IOException e) {
            throw new NotPossible(command[0] + " cannot be run");
        }
        if (exit != 0) {
            throw new NotPossible(command[0] + " failed: " + output.strip().replaceAll("\\s+", " "));
        }
    }

    @Override
    public void close() throws IOException {
        try {
            run("umount", path.toString());
        } catch (NotPossible e) {
            throw new IOException(path + " stays mounted: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(path + " may still be mounted", e);
        }
        Files.delete(path.resolveSibling("image"));
    }
}
