package io.containerstatus.fs;

import static io.containerstatus.fs.CrashGuarantee.ACKNOWLEDGED_IS_THERE;
import static io.containerstatus.fs.CrashGuarantee.DELETED_STAYS_AWAY;
import static io.containerstatus.fs.CrashGuarantee.LEFTOVERS_ARE_SWEPT;
import static io.containerstatus.fs.CrashGuarantee.NEVER_TORN;
import static io.containerstatus.fs.CrashGuarantee.NOTHING_IS_LEFT_BESIDE_IT;

import io.containerstatus.Status;
import io.containerstatus.testing.PowerCutFileSystem.Syncs;
import io.containerstatus.testing.PowerCutFileSystem.Syncs.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Wrong ways to write a status that appear to work, each with the promises that it breaks. */
enum WrongWriter {
    NO_SYNC_OF_THE_FILE(Set.of(ACKNOWLEDGED_IS_THERE, NEVER_TORN)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void syncFile(UninterruptibleChannel file) {}
            };
        }
    },
    NO_SYNC_OF_THE_FOLDER(Set.of(ACKNOWLEDGED_IS_THERE)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void syncFolder(Path folder) {}
            };
        }
    },
    NO_SYNC_OF_THE_ROOT(Set.of(ACKNOWLEDGED_IS_THERE, DELETED_STAYS_AWAY)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void syncRoot() {}
            };
        }
    },
    MAKES_THE_FOLDER_FIRST(Set.of(ACKNOWLEDGED_IS_THERE)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void createFolder(String id, Status status) throws IOException {
                    Files.createDirectory(root.resolve(id));
                    syncRoot();
                    write(id, status);
                }
            };
        }
    },
    RENAMES_THE_FOLDER_BEFORE_ITS_STATUS_IS_SYNCED(Set.of(ACKNOWLEDGED_IS_THERE, NEVER_TORN)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void fillAndName(Path built, Path folder, byte[] document) throws IOException {
                    try (UninterruptibleChannel file = UninterruptibleChannel.create(built.resolve("status"))) {
                        file.write(document);
                        syncBuilt(built);
                        renameFolder(built, folder);
                        syncFile(file);
                    }
                }
            };
        }
    },
    RENAMES_THE_FOLDER_BEFORE_IT_IS_SYNCED(Set.of(ACKNOWLEDGED_IS_THERE)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void syncBuilt(Path built) {}

                @Override
                void syncRoot() throws IOException {
                    super.syncFolder(root.resolve(ContainerScenario.ID));
                    super.syncRoot();
                }
            };
        }
    },
    RENAMES_FIRST(Set.of(ACKNOWLEDGED_IS_THERE, NEVER_TORN)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void fillAndRename(Path temporary, Path status, byte[] document) throws IOException {
                    try (UninterruptibleChannel file = create(temporary)) {
                        rename(temporary, status);
                        file.write(document);
                        syncFile(file);
                    }
                }
            };
        }
    },
    SYNCS_THE_FOLDER_BEFORE_THE_RENAME(Set.of(ACKNOWLEDGED_IS_THERE)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void rename(Path temporary, Path status) throws IOException {
                    super.syncFolder(status.getParent());
                    super.rename(temporary, status);
                }

                @Override
                void syncFolder(Path folder) {}
            };
        }
    },
    REMOVES_THE_OLD_STATUS_FIRST(Set.of(ACKNOWLEDGED_IS_THERE)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void rename(Path temporary, Path status) throws IOException {
                    Files.deleteIfExists(status);
                    super.rename(temporary, status);
                }
            };
        }
    },
    WRITES_IN_PLACE(Set.of(NEVER_TORN)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void fillAndRename(Path temporary, Path status, byte[] document) throws IOException {
                    try (UninterruptibleChannel file = UninterruptibleChannel.openToLock(status)) {
                        file.write(document);
                        syncFile(file);
                    }
                }
            };
        }
    },
    REPEATS_A_SYNC_OF_THE_FILE_THAT_FAILED(Set.of(ACKNOWLEDGED_IS_THERE, NEVER_TORN)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void syncFile(UninterruptibleChannel file) throws IOException {
                    try {
                        file.force();
                    } catch (IOException e) {
                        file.force();
                    }
                }
            };
        }

        @Override
        Syncs syncs() {
            return secondFails("/.tmp-status-");
        }
    },
    SWALLOWS_A_FAILED_SYNC_OF_THE_FOLDER(Set.of(ACKNOWLEDGED_IS_THERE)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void syncFolder(Path folder) {
                    try {
                        super.syncFolder(folder);
                    } catch (IOException e) {
                        // "Not every system can sync a folder."
                    }
                }
            };
        }

        @Override
        Syncs syncs() {
            return secondFails("/" + ContainerScenario.ID);
        }
    },
    LEAKS_THE_TEMPORARY_FILE(Set.of(NOTHING_IS_LEFT_BESIDE_IT)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                UninterruptibleChannel create(Path temporary) throws IOException {
                    Files.deleteIfExists(temporary);
                    return super.create(temporary);
                }

                @Override
                void rename(Path temporary, Path status) throws IOException {
                    super.rename(temporary, status);
                    create(temporary).close();
                }
            };
        }
    },
    HAS_A_NAME_OF_ITS_OWN_FOR_THE_TEMPORARY_FILE(Set.of(LEFTOVERS_ARE_SWEPT)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                Path temporary(Path folder) {
                    return folder.resolve("status.new");
                }
            };
        }
    },
    DELETES_THE_FOLDER_WITHOUT_SYNC_OF_THE_ROOT(Set.of(ACKNOWLEDGED_IS_THERE, DELETED_STAYS_AWAY)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void syncAfterDeletion() {}
            };
        }
    },
    DELETES_THE_STATUS_BEFORE_THE_FOLDER(Set.of(ACKNOWLEDGED_IS_THERE)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                public void delete(String id) throws IOException {
                    Path folder = root.resolve(id);
                    Files.delete(folder.resolve("status"));
                    syncFolder(folder);
                    Files.delete(folder);
                    syncRoot();
                }
            };
        }
    },
    REMOVES_WHAT_WAS_DELETED_BEFORE_THE_SYNC_OF_THE_ROOT(Set.of(ACKNOWLEDGED_IS_THERE)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                void syncAfterDeletion() throws IOException {
                    FolderContents.removeOurs(root.resolve(".status.deleted-" + ContainerScenario.ID));
                    super.syncAfterDeletion();
                }
            };
        }
    },
    SWEEPS_AN_EMPTY_FOLDER(Set.of(ACKNOWLEDGED_IS_THERE)) {
        @Override
        PlainWriter on(Path root) {
            return new PlainWriter(root) {
                @Override
                public void open() throws IOException {
                    super.open();
                    for (Path folder : FolderContents.entries(root)) {
                        if (FolderContents.entries(folder).isEmpty()) {
                            Files.delete(folder);
                        }
                    }
                }
            };
        }

        @Override
        ContainerScenario story() {
            return ContainerScenario.EMPTY_FOLDER;
        }
    };

    final Set<CrashGuarantee> broken;

    WrongWriter(Set<CrashGuarantee> broken) {
        this.broken = broken;
    }

    abstract PlainWriter on(Path root);

    Syncs syncs() {
        return Syncs.WORK;
    }

    /** Returns the story that shows the error. */
    ContainerScenario story() {
        return ContainerScenario.WHOLE_LIFE;
    }

    /** Fails the second sync of a file whose name begins with this. */
    static Syncs secondFails(String part) {
        AtomicInteger count = new AtomicInteger();
        return path -> path.substring(path.lastIndexOf('/')).startsWith(part) && count.incrementAndGet() == 2
                ? Outcome.FAILS_AND_FORGETS
                : Outcome.PERSISTS;
    }
}
