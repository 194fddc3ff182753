package io.containerstatus.examples;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that replaces the statuses of many containers, each by a rename, at a steady rate. A status carries the
 * number of the change in its pid, and the time right before its rename as the time of its start.
 */
final class BusyWriter {
    private BusyWriter() {}

    /** Takes the root, the number of containers, of changes, and of changes a second. */
    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        int containers = Integer.parseInt(args[1]);
        int changes = Integer.parseInt(args[2]);
        long interval = 1_000_000_000L / Integer.parseInt(args[3]);
        Random random = new Random(1);
        long begin = System.nanoTime();
        for (int change = 1; change <= changes; change++) {
            while (System.nanoTime() - begin < change * interval) {
                LockSupport.parkNanos(begin + change * interval - System.nanoTime());
            }
            // The last changes go through all containers, so that the number of the final one is known for each.
            int left = changes - change;
            replace(root, left < containers ? left : random.nextInt(containers), change);
        }
        System.out.println((System.nanoTime() - begin) / 1_000_000);
    }

    /** Returns the number of the last change of this container. */
    static long last(int container, int changes) {
        return changes - container;
    }

    static String id(int container) {
        return "c" + container;
    }

    static void replace(Path root, int container, long change) throws IOException {
        Path folder = root.resolve(id(container));
        Path temporary = folder.resolve(".tmp-status-next");
        Status status = Status.builder()
                .createdAt(Instant.EPOCH.plusNanos(1))
                .pid(change)
                .startedAt(Instant.now())
                .build();
        Files.write(temporary, StatusCodec.encode(status));
        Files.move(temporary, folder.resolve("status"), StandardCopyOption.ATOMIC_MOVE);
    }
}
