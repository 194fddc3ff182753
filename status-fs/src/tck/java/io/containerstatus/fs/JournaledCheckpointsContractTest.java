package io.containerstatus.fs;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.test.StatusCheckpointsContract;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class JournaledCheckpointsContractTest extends StatusCheckpointsContract {
    @TempDir
    Path folder;

    private HookedFileSystem files;

    @Override
    protected StatusCheckpoints create() {
        if (files == null) {
            files = HookedFileSystem.over(folder);
            files.syncing = false;
        }
        return FileCheckpoints.builder(files.hooked(folder.resolve("root")))
                .journaled()
                .segmentSize(2 << 20)
                .build();
    }

    @Override
    protected void damage(String id) {
        try {
            Files.writeString(folder.resolve("root").resolve(id).resolve("status"), "{");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void makeReadOnly() {
        files.hook = (operation, path) -> {
            if (operation == FileOperation.OPEN_TO_LOCK) {
                throw new FileSystemException(path, null, "Read-only file system");
            }
        };
    }

    @Override
    protected Status tooLarge() {
        return Status.builder()
                .message("x".repeat(StatusReader.DEFAULT_MAX_FILE_SIZE))
                .build();
    }
}
