package io.containerstatus.fs;

import io.containerstatus.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Creates, replaces, corrupts, deletes and recreates containers at random, as one other process may do. Each
 * status carries the number of its write in its pid, and the number of its container's life in its exit code.
 * Knows the current state.
 */
final class ForeignWriter {
    private final Path root;
    private final Random random;
    private final int containers;
    private final Set<Status> written = ConcurrentHashMap.newKeySet();
    private final Map<String, String> truth = new HashMap<>();
    private final Map<String, Integer> life = new HashMap<>();
    private int writes;

    ForeignWriter(Path root, Random random, int containers) {
        this.root = root;
        this.random = random;
        this.containers = containers;
    }

    boolean hasWritten(Status status) {
        return written.contains(status);
    }

    /** Returns the state of each container: the number of its last write, or the failure of reading it. */
    Map<String, String> truth() {
        return truth;
    }

    void act() throws IOException {
        String id = "c" + random.nextInt(containers);
        if (!truth.containsKey(id)) {
            create(id);
            return;
        }
        switch (random.nextInt(10)) {
            case 0 -> put(id, "{\"Version\":\"v1\",", "CorruptStatusException");
            case 1 -> delete(id);
            case 2 -> {
                delete(id);
                create(id);
            }
            case 3 -> leaveWithoutStatus(id);
            default -> replace(id);
        }
    }

    private void create(String id) throws IOException {
        Files.createDirectory(root.resolve(id));
        life.merge(id, 1, Integer::sum);
        replace(id);
    }

    private void replace(String id) throws IOException {
        writes++;
        Status status =
                Samples.RUNNING.toBuilder().pid(writes).exitCode(life.get(id)).build();
        written.add(status);
        put(id, Samples.text(status), "write " + writes);
    }

    private void put(String id, String content, String meaning) throws IOException {
        Path temporary = root.resolve(id).resolve(".tmp-status-next");
        Files.writeString(temporary, content);
        Files.move(temporary, root.resolve(id).resolve("status"), StandardCopyOption.ATOMIC_MOVE);
        truth.put(id, meaning);
    }

    private void leaveWithoutStatus(String id) throws IOException {
        Path other = root.resolve(id).resolve("other");
        if (!Files.exists(other)) {
            Files.createFile(other);
        }
        Files.deleteIfExists(root.resolve(id).resolve("status"));
        truth.put(id, "UnreadableStatusException");
    }

    private void delete(String id) throws IOException {
        Path folder = root.resolve(id);
        Files.deleteIfExists(folder.resolve("other"));
        Files.deleteIfExists(folder.resolve("status"));
        Files.delete(folder);
        truth.remove(id);
    }
}
