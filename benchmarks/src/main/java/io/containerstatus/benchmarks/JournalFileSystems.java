package io.containerstatus.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The journal on file systems of other types. Each is in a file on the file system that everything else is
 * measured on.
 */
final class JournalFileSystems {
    private static final int MANY = 64;

    private JournalFileSystems() {}

    static void measure(Run run) throws Exception {
        Map<String, Integer> limits = new LinkedHashMap<>();
        limits.put("xfs", 3);
        limits.put("btrfs", 1);
        for (Map.Entry<String, Integer> one : limits.entrySet()) {
            String type = one.getKey();
            try (LoopDisk disk = LoopDisk.make(
                    run.newFolder(type), type, run.plan().journal().diskMebibytes())) {
                measure(run, type, disk.path(), one.getValue());
            } catch (LoopDisk.NotPossible e) {
                run.remark(JournalGroup.NAME, "Not measured on " + type + ": " + e.getMessage() + ".");
            }
        }
    }

    private static void measure(Run run, String type, Path disk, int limit) throws Exception {
        String journal = "journal, 64 containers, reactive callers, on " + type;
        String files = "files, 64 containers, reactive callers, on " + type;
        String peer = "RocksDB, 64 keys, a thread each, on " + type;
        Duration turn = run.plan().turn();
        try (StoreKeys store = JournalGroup.open(Files.createDirectory(disk.resolve("journaled")), MANY);
                StoreKeys onFiles = new StoreKeys(Files.createDirectory(disk.resolve("files")), MANY);
                RocksKeys rocks = new RocksKeys(Files.createDirectory(disk.resolve("rocksdb")))) {
            Comparison found = Comparison.of(
                    run,
                    JournalGroup.NAME,
                    run.plan().rounds(),
                    "updates/s",
                    List.of(
                            JournalGroup.contender(
                                    run, journal, store, time -> Callers.reactive(MANY, time, store::update)),
                            new Contender(files, () -> Callers.reactive(MANY, turn, onFiles::update)),
                            new Contender(
                                    peer, () -> Callers.threads(MANY, turn, caller -> PeersGroup.put(rocks, caller)))));
            found.requireAtLeast("journal-" + type, journal, peer, limit);
        }
    }
}
