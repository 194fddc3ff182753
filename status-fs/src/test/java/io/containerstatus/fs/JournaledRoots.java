package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Found;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.CrashedRoot;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** The common beginning of tests of files with a journal. A crash is a copy of the root at that moment. */
abstract class JournaledRoots {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    /** So long that no file is written during a test. */
    static final UnaryOperator<JournaledCheckpoints.Builder> LATE =
            builder -> builder.filesWithin(Duration.ofHours(1)).segmentSize(64 << 10);

    @TempDir
    Path folder;

    HookedFileSystem files;
    Path root;
    final List<StatusCheckpoints> opened = new ArrayList<>();

    @BeforeEach
    void setUp() {
        files = HookedFileSystem.over(folder);
        files.syncing = false;
        root = folder.resolve("root");
    }

    @AfterEach
    void closeAll() {
        files.hook = (operation, path) -> {};
        opened.forEach(one -> Mono.from(one.close()).block(PATIENCE));
    }

    JournaledCheckpoints journaled(Path at, UnaryOperator<JournaledCheckpoints.Builder> settings) {
        JournaledCheckpoints checkpoints = settings.apply(
                        FileCheckpoints.builder(files.hooked(at)).journaled())
                .build();
        opened.add(checkpoints);
        return checkpoints;
    }

    JournaledCheckpoints open(UnaryOperator<JournaledCheckpoints.Builder> settings) {
        JournaledCheckpoints checkpoints = journaled(root, settings);
        checkpoints.open().block(PATIENCE);
        return checkpoints;
    }

    static Status pid(int pid) {
        return Status.builder().pid(pid).build();
    }

    static void create(StatusCheckpoints checkpoints, String id, int pid) {
        Mono.from(checkpoints.create(id, pid(pid))).block(PATIENCE);
    }

    static void write(StatusCheckpoints checkpoints, String id, int pid) {
        Mono.from(checkpoints.write(id, pid(pid))).block(PATIENCE);
    }

    /** Returns the pids in the files; -1 for a file that is no status. */
    static Map<String, Long> inFiles(Path root) {
        FileCheckpoints reader = FileCheckpoints.at(root);
        Map<String, Long> pids = new TreeMap<>();
        for (String id : reader.list().collectList().block(PATIENCE)) {
            Status status = reader.read(id).onErrorComplete().block(PATIENCE);
            pids.put(id, status == null ? Long.valueOf(-1) : status.pid());
        }
        reader.close().block(PATIENCE);
        return pids;
    }

    static Map<String, Long> pids(Opened found) {
        Map<String, Long> pids = new TreeMap<>();
        for (Found one : found.containers()) {
            pids.put(
                    one.id(),
                    one instanceof Found.Loaded loaded ? loaded.status().pid() : Long.valueOf(-1));
        }
        return pids;
    }

    /** Returns a copy of the current root. */
    Path crash() throws IOException {
        return CrashedRoot.copy(root, folder);
    }

    /** Returns a crashed root that has pid 1 in the file of the container "web", and pid 2 in its record. */
    Path crashAheadOfTheFile() throws IOException {
        JournaledCheckpoints killed = open(LATE);
        create(killed, "web", 1);
        write(killed, "web", 2);
        return crash();
    }

    static List<Path> segments(Path root) throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(Layout::isJournal).sorted().toList();
        }
    }
}
