package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on a file system that can neither sync a folder nor lock a file. */
class WeakerRootTest {
    private static final Duration PATIENCE = StoreTest.PATIENCE;

    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void refuseBoth() {
        HookedFileSystem files = HookedFileSystem.over(folder);
        files.hook = (operation, path) -> {
            if (operation == FileOperation.LOCK) {
                throw new IOException("No locks available");
            }
            if (operation == FileOperation.FORCE && Files.isDirectory(Path.of(path))) {
                throw new IOException("Invalid argument");
            }
        };
        root = files.hooked(folder);
    }

    @Test
    void isReadOnlyAndReportsCauseAndSetting() {
        StatusStore store = StatusStore.builder(root).open().block(PATIENCE);

        assertThat(store.recovery().writable()).isFalse();
        assertThat(store.recovery().weakerPromise()).isNull();
        assertThat(store.recovery().readOnlyReason())
                .contains("the file system cannot lock files (No locks available)", "acceptUnlockedRoot()");
        store.close().block(PATIENCE);
    }

    @Test
    void isWritableWithTheWeakerPromiseAndReportsIt() {
        StatusStore store = StatusStore.builder(root)
                .acceptUnlockedRoot()
                .acceptUnsyncedFolders()
                .open()
                .block(PATIENCE);

        assertThat(store.recovery().writable()).isTrue();
        assertThat(store.recovery().readOnlyReason()).isNull();
        assertThat(store.recovery().weakerPromise())
                .contains("the file system cannot lock files (No locks available)")
                .contains("the file system cannot sync a folder (Invalid argument)");
        StatusStorage web = store.create("web-1", StoreTest.CREATED).block(PATIENCE);
        web.updateSync(StoreTest.pid(7)).block(PATIENCE);
        web.delete().block(PATIENCE);
        store.close().block(PATIENCE);
    }
}
