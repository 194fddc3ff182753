package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.RUNNING;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.testing.DiskState;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.PowerCutFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** The changes of a container, on a disk in a given state. A failed change is tried once more. */
enum ContainerScenario {
    /** The root and two folders above it are missing. Then the container goes through all changes. */
    WHOLE_LIFE(90) {
        @Override
        List<String> folders() {
            return List.of();
        }

        @Override
        void happen(CrashScenario life) {
            wholeLife(life, ID);
        }
    },

    /** An entry named {@code status} is no status. */
    BAD_STATUS(50) {
        @Override
        Map<String, String> files(ExpectedFiles expectedFiles) {
            expectedFiles.found(ID, "bad", /* bad= */ true);
            return Map.of("status", "bad");
        }
    },

    /** The same, without hard links. */
    BAD_STATUS_WITHOUT_LINKS(50) {
        @Override
        Map<String, String> files(ExpectedFiles expectedFiles) {
            expectedFiles.keepsByMoving(ID);
            return BAD_STATUS.files(expectedFiles);
        }

        @Override
        Hook hook() {
            return (operation, path) -> {
                if (operation == FileOperation.LINK) {
                    throw new UnsupportedOperationException();
                }
            };
        }
    },

    /**
     * Another program has a file in the folder of the container, so the folder stays when the container is deleted.
     */
    FOREIGN_FILE(50) {
        @Override
        Map<String, String> files(ExpectedFiles expectedFiles) {
            expectedFiles.hasForeignFiles(ID);
            expectedFiles.found(ID, Samples.text(RUNNING), /* bad= */ false);
            return Map.of("status", Samples.text(RUNNING), "foreign", "content");
        }
    },

    /** The same with a bad status. */
    BAD_STATUS_BESIDE_A_FOREIGN_FILE(50) {
        @Override
        Map<String, String> files(ExpectedFiles expectedFiles) {
            expectedFiles.hasForeignFiles(ID);
            expectedFiles.found(ID, "bad", /* bad= */ true);
            return Map.of("status", "bad", "foreign", "content");
        }
    },

    /** Another program has created the folder, but not the status yet. */
    EMPTY_FOLDER(50) {
        @Override
        Map<String, String> files(ExpectedFiles expectedFiles) {
            expectedFiles.isNow(ID, ExpectedFiles.MISSING);
            return Map.of();
        }
    },

    /** Another program creates the folder while the root is open, and does not sync the root. */
    FOLDER_THAT_ANOTHER_PROGRAM_MAKES_MEANWHILE(50) {
        @Override
        List<String> folders() {
            return List.of("/var", "/var/lib", CrashStates.ROOT);
        }

        @Override
        void interfere(Path root, ExpectedFiles expectedFiles) throws IOException {
            expectedFiles.begins(ID, ExpectedFiles.MISSING);
            Files.createDirectory(root.resolve(ID));
        }
    },

    /** The folder cannot be renamed, so it is emptied under its own name. */
    FOLDER_THAT_CANNOT_BE_RENAMED(50) {
        @Override
        Map<String, String> files(ExpectedFiles expectedFiles) {
            expectedFiles.isDeletedInPlace(ID);
            expectedFiles.found(ID, Samples.text(RUNNING), /* bad= */ false);
            return Map.of("status", Samples.text(RUNNING));
        }

        @Override
        Hook hook() {
            return (operation, path) -> {
                if (operation == FileOperation.MOVE && path.endsWith(".status.deleted-" + ID)) {
                    throw new IOException("Device or resource busy");
                }
            };
        }
    },

    /** Another program has created the container, and has not synced the root. */
    UNSYNCED_FOLDER(50) {
        @Override
        List<String> folders() {
            return List.of("/var", "/var/lib", CrashStates.ROOT);
        }

        @Override
        void prepare(Path root, ExpectedFiles expectedFiles) throws IOException {
            expectedFiles.begins(ID, Samples.text(RUNNING));
            Path folder = Files.createDirectory(root.resolve(ID));
            try (UninterruptibleChannel file = UninterruptibleChannel.create(folder.resolve("status"))) {
                file.write(StatusCodec.encode(RUNNING));
                file.force();
            }
            UninterruptibleChannel.syncFolder(folder, FolderSync.REQUIRED);
        }
    },

    /** A deletion and a creation fail after their renames, so that another deletion finds the folders of both. */
    DELETION_AFTER_TWO_UNCERTAIN_CHANGES(50) {
        @Override
        Map<String, String> files(ExpectedFiles expectedFiles) {
            expectedFiles.found(ID, Samples.text(RUNNING), /* bad= */ false);
            return Map.of("status", Samples.text(RUNNING));
        }

        @Override
        Hook hook() {
            AtomicInteger renames = new AtomicInteger();
            AtomicBoolean fails = new AtomicBoolean();
            return (operation, path) -> {
                if (operation == FileOperation.MOVE && !path.contains(ID + "/")) {
                    fails.set(renames.incrementAndGet() <= 2);
                } else if (operation == FileOperation.FORCE
                        && path.equals(CrashStates.ROOT)
                        && fails.getAndSet(false)) {
                    throw new IOException("Input/output error");
                }
            };
        }

        @Override
        void happen(CrashScenario life) {
            life.delete(ID);
            life.create(ID, CREATED);
            twice(() -> life.delete(ID));
            twice(() -> life.create(ID, UPDATED));
            twice(() -> life.write(ID, UPDATED_AGAIN));
        }
    },

    /** A first deletion renames the folder and stops there. The second one finds the folder missing. */
    SECOND_DELETION(50) {
        @Override
        Map<String, String> files(ExpectedFiles expectedFiles) {
            return BAD_STATUS.files(expectedFiles);
        }

        @Override
        Hook hook() {
            AtomicBoolean renamed = new AtomicBoolean();
            return (operation, path) -> {
                if (operation == FileOperation.MOVE && path.endsWith(".status.deleted-" + ID)) {
                    renamed.set(true);
                } else if (operation == FileOperation.FORCE && renamed.getAndSet(false)) {
                    throw new IOException("Input/output error");
                }
            };
        }
    };

    static final String ID = "web-1";
    private static final String FOLDER = CrashStates.ROOT + "/" + ID;
    static final Status UPDATED = RUNNING.toBuilder().message("updated").build();
    static final Status UPDATED_AGAIN =
            RUNNING.toBuilder().message("updated once more").build();

    /** The least number of different states after a power cut, to detect that none is checked. */
    final int states;

    ContainerScenario(int states) {
        this.states = states;
    }

    /** All changes of a container: created, updated three times, deleted and created again. */
    static void wholeLife(CrashScenario life, String id) {
        twice(() -> life.create(id, CREATED));
        twice(() -> life.write(id, RUNNING));
        twice(() -> life.write(id, UPDATED));
        twice(() -> life.write(id, UPDATED_AGAIN));
        twice(() -> life.delete(id));
        twice(() -> life.create(id, CREATED));
    }

    /** Returns the folders that exist durably from the beginning. */
    List<String> folders() {
        return List.of("/var", "/var/lib", CrashStates.ROOT, FOLDER);
    }

    /** Returns the initial files in the container's folder, by name, and records what they mean. */
    Map<String, String> files(ExpectedFiles expectedFiles) {
        return Map.of();
    }

    /** Performs what another program has done before. */
    void prepare(Path root, ExpectedFiles expectedFiles) throws IOException {}

    /** Performs what another program does once the root is open. */
    void interfere(Path root, ExpectedFiles expectedFiles) throws IOException {}

    /** Returns the hook that makes operations fail. */
    Hook hook() {
        return Hook.NONE;
    }

    void happen(CrashScenario life) {
        twice(() -> life.write(ID, CREATED));
        twice(() -> life.write(ID, UPDATED));
        twice(() -> life.delete(ID));
        twice(() -> life.write(ID, CREATED));
    }

    static void twice(BooleanSupplier event) {
        if (!event.getAsBoolean()) {
            event.getAsBoolean();
        }
    }

    /** Runs the story with this writer, and checks every crash. */
    void run(CrashStates crashes, Function<Path, Writer> writer, PowerCutFileSystem.Syncs syncs) {
        ExpectedFiles expectedFiles = new ExpectedFiles();
        expectedFiles.isNow(ID, ExpectedFiles.ABSENT);
        PowerCutFileSystem disk = PowerCutFileSystem.mounted(disk(folders(), files(expectedFiles)));
        try {
            prepare(disk.getPath(CrashStates.ROOT), expectedFiles);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        disk.hook = hook();
        disk.syncs = syncs;
        CrashScenario life = crashes.life(disk, expectedFiles, writer.apply(disk.getPath(CrashStates.ROOT)));
        twice(life::open);
        try {
            interfere(disk.getPath(CrashStates.ROOT), expectedFiles);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        happen(life);
        life.close();
    }

    private static DiskState disk(List<String> folders, Map<String, String> files) {
        SortedMap<String, Optional<String>> entries = new TreeMap<>();
        folders.forEach(folder -> entries.put(folder, Optional.empty()));
        files.forEach((name, content) -> entries.put(FOLDER + "/" + name, Optional.of(content)));
        return new DiskState(entries);
    }
}
