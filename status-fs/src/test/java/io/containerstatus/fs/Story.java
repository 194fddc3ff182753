package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.RUNNING;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.testing.DiskState;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.Operation;
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

/** What happens to a container, on a disk in a certain state. What fails is tried once more. */
enum Story {
    /** The root and two folders above it are missing; then the container goes through all there is. */
    WHOLE_LIFE(90) {
        @Override
        List<String> folders() {
            return List.of();
        }

        @Override
        void happen(Life life) {
            wholeLife(life, ID);
        }
    },

    /** Something that is no status stands in its place. */
    BAD_STATUS(50) {
        @Override
        Map<String, String> files(Ledger ledger) {
            ledger.found(ID, "bad", /* bad= */ true);
            return Map.of("status", "bad");
        }
    },

    /** The same, where there are no hard links. */
    BAD_STATUS_WITHOUT_LINKS(50) {
        @Override
        Map<String, String> files(Ledger ledger) {
            ledger.keepsByMoving(ID);
            return BAD_STATUS.files(ledger);
        }

        @Override
        Hook hook() {
            return (operation, path) -> {
                if (operation == Operation.LINK) {
                    throw new UnsupportedOperationException();
                }
            };
        }
    },

    /** Someone else has a file in the folder of the container, so that it stays when the container is deleted. */
    FOREIGN_FILE(50) {
        @Override
        Map<String, String> files(Ledger ledger) {
            ledger.hasForeignFiles(ID);
            ledger.found(ID, Samples.text(RUNNING), /* bad= */ false);
            return Map.of("status", Samples.text(RUNNING), "foreign", "content");
        }
    },

    /** The same with a bad status. */
    BAD_STATUS_BESIDE_A_FOREIGN_FILE(50) {
        @Override
        Map<String, String> files(Ledger ledger) {
            ledger.hasForeignFiles(ID);
            ledger.found(ID, "bad", /* bad= */ true);
            return Map.of("status", "bad", "foreign", "content");
        }
    },

    /** Another program has created the folder, and not the status yet. */
    EMPTY_FOLDER(50) {
        @Override
        Map<String, String> files(Ledger ledger) {
            ledger.isNow(ID, Ledger.MISSING);
            return Map.of();
        }
    },

    /** Another program creates the folder when the root is open already, and does not sync the root. */
    FOLDER_THAT_ANOTHER_PROGRAM_MAKES_MEANWHILE(50) {
        @Override
        List<String> folders() {
            return List.of("/var", "/var/lib", CrashStates.ROOT);
        }

        @Override
        void interfere(Path root, Ledger ledger) throws IOException {
            ledger.begins(ID, Ledger.MISSING);
            Files.createDirectory(root.resolve(ID));
        }
    },

    /** The folder cannot be renamed, so that it is emptied under its own name. */
    FOLDER_THAT_CANNOT_BE_RENAMED(50) {
        @Override
        Map<String, String> files(Ledger ledger) {
            ledger.isDeletedInPlace(ID);
            ledger.found(ID, Samples.text(RUNNING), /* bad= */ false);
            return Map.of("status", Samples.text(RUNNING));
        }

        @Override
        Hook hook() {
            return (operation, path) -> {
                if (operation == Operation.MOVE && path.endsWith(".status.deleted-" + ID)) {
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
        void prepare(Path root, Ledger ledger) throws IOException {
            ledger.begins(ID, Samples.text(RUNNING));
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
        Map<String, String> files(Ledger ledger) {
            ledger.found(ID, Samples.text(RUNNING), /* bad= */ false);
            return Map.of("status", Samples.text(RUNNING));
        }

        @Override
        Hook hook() {
            AtomicInteger renames = new AtomicInteger();
            AtomicBoolean fails = new AtomicBoolean();
            return (operation, path) -> {
                if (operation == Operation.MOVE && !path.contains(ID + "/")) {
                    fails.set(renames.incrementAndGet() <= 2);
                } else if (operation == Operation.FORCE && path.equals(CrashStates.ROOT) && fails.getAndSet(false)) {
                    throw new IOException("Input/output error");
                }
            };
        }

        @Override
        void happen(Life life) {
            life.delete(ID);
            life.create(ID, CREATED);
            twice(() -> life.delete(ID));
            twice(() -> life.create(ID, UPDATED));
            twice(() -> life.write(ID, UPDATED_AGAIN));
        }
    },

    /** A first deletion renames the folder and gets no further; the second one finds it gone. */
    SECOND_DELETION(50) {
        @Override
        Map<String, String> files(Ledger ledger) {
            return BAD_STATUS.files(ledger);
        }

        @Override
        Hook hook() {
            AtomicBoolean renamed = new AtomicBoolean();
            return (operation, path) -> {
                if (operation == Operation.MOVE && path.endsWith(".status.deleted-" + ID)) {
                    renamed.set(true);
                } else if (operation == Operation.FORCE && renamed.getAndSet(false)) {
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

    /** How many different states a power cut leaves at least: that none is looked at must not go unnoticed. */
    final int states;

    Story(int states) {
        this.states = states;
    }

    /** All that a container goes through: created, updated three times, deleted and created again. */
    static void wholeLife(Life life, String id) {
        twice(() -> life.create(id, CREATED));
        twice(() -> life.write(id, RUNNING));
        twice(() -> life.write(id, UPDATED));
        twice(() -> life.write(id, UPDATED_AGAIN));
        twice(() -> life.delete(id));
        twice(() -> life.create(id, CREATED));
    }

    /** Returns the folders that are there from the beginning, durably. */
    List<String> folders() {
        return List.of("/var", "/var/lib", CrashStates.ROOT, FOLDER);
    }

    /** Returns what lies in the container's folder from the beginning, by name, and notes what that means. */
    Map<String, String> files(Ledger ledger) {
        return Map.of();
    }

    /** Does what another program has done before. */
    void prepare(Path root, Ledger ledger) throws IOException {}

    /** Does what another program does once the root is open. */
    void interfere(Path root, Ledger ledger) throws IOException {}

    /** Returns what gets in the way. */
    Hook hook() {
        return Hook.NONE;
    }

    void happen(Life life) {
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

    /** Tells the story of this writer, looking at every crash. */
    void tell(CrashStates crashes, Function<Path, Writer> writer, PowerCutFileSystem.Syncs syncs) {
        Ledger ledger = new Ledger();
        ledger.isNow(ID, Ledger.ABSENT);
        PowerCutFileSystem disk = PowerCutFileSystem.mounted(disk(folders(), files(ledger)));
        try {
            prepare(disk.getPath(CrashStates.ROOT), ledger);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        disk.hook = hook();
        disk.syncs = syncs;
        Life life = crashes.life(disk, ledger, writer.apply(disk.getPath(CrashStates.ROOT)));
        twice(life::open);
        try {
            interfere(disk.getPath(CrashStates.ROOT), ledger);
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
