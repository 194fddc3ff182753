package io.containerstatus.benchmarks;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads and decodes the same files in a bare loop on several threads. There is one listing (without the lock
 * file), and then for each container the same calls that a careful reader makes: stat the folder, stat the
 * file, open, read to the end, close. There is no lock, no cleanup, no report and no store.
 */
final class BareRecovery {
    private static final int BUFFER = 4097;

    private BareRecovery() {}

    /** Returns how many statuses there were. */
    static int run(Path root, int threads) throws Exception {
        return read(folders(root), threads).length;
    }

    /** Returns the statuses by the names of their folders. */
    static Map<String, Status> byId(Path root, int threads) throws Exception {
        List<Path> folders = folders(root);
        Status[] statuses = read(folders, threads);
        Map<String, Status> byId = new HashMap<>();
        for (int i = 0; i < statuses.length; i++) {
            byId.put(folders.get(i).getFileName().toString(), statuses[i]);
        }
        return byId;
    }

    private static List<Path> folders(Path root) throws IOException {
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(root, "[!.]*")) {
            stream.forEach(folders::add);
        }
        return folders;
    }

    private static Status[] read(List<Path> folders, int threads) throws Exception {
        Status[] statuses = new Status[folders.size()];
        AtomicInteger next = new AtomicInteger();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                ends.add(executor.submit(() -> {
                    for (int at = next.getAndIncrement(); at < statuses.length; at = next.getAndIncrement()) {
                        statuses[at] = read(folders.get(at));
                    }
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            executor.shutdown();
        }
        return statuses;
    }

    private static Status read(Path folder) throws IOException {
        Path file = folder.resolve("status");
        if (!attributes(folder).isDirectory() || !attributes(file).isRegularFile()) {
            throw new IOException("no status: " + file);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            int read;
            do {
                read = channel.read(buffer);
            } while (read >= 0);
            return StatusCodec.decode(Arrays.copyOf(buffer.array(), buffer.position()));
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
