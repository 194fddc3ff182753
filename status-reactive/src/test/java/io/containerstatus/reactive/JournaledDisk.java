package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.reactive.ExpectedStates.Life;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.FolderTree;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** Files behind a journal. A write or a sync of the journal fails when the test says so. */
final class JournaledDisk implements RandomizedDisk {
    private final Path root;
    private final HookedFileSystem files;
    private final StatusCheckpoints checkpoints;
    /** The operation on the journal that fails next. */
    private final AtomicReference<@Nullable FileOperation> failing = new AtomicReference<>();

    private final AtomicInteger failures = new AtomicInteger();

    JournaledDisk(Scheduler scheduler, Path root, Duration filesWithin) {
        this.root = root;
        files = HookedFileSystem.over(root);
        files.syncing = false;
        files.hook = new Planned();
        checkpoints = FileCheckpoints.builder(files.hooked(root))
                .ioScheduler(scheduler)
                .journaled()
                // The smallest size, so that segments run out.
                .segmentSize(16 << 10)
                .filesWithin(filesWithin)
                .build();
    }

    private final class Planned implements Hook {
        @Override
        public void before(FileOperation operation, String path) throws FileSystemException {
            if (path.contains("/.status.journal-") && failing.compareAndSet(operation, null)) {
                throw new FileSystemException(path, null, "planned");
            }
        }

        @Override
        public int taken(String path, int offered) {
            return offered;
        }
    }

    @Override
    public StatusCheckpoints checkpoints() {
        return checkpoints;
    }

    /** Fails a write and a sync of the journal alternately. */
    @Override
    public void failNext() {
        failing.set(failures.getAndIncrement() % 2 == 0 ? FileOperation.FORCE : FileOperation.WRITE);
    }

    @Override
    public void heal() {
        failing.set(null);
    }

    /** After the close, the files alone hold everything. */
    @Override
    public void verifyAndRemove(ExpectedStates expectedStates, StatusStore closed) {
        assertThat(files.openDescriptors()).isZero();
        Map<String, Status> found = inFiles();
        for (StatusStorage container : closed.list()) {
            assertThat(found.remove(container.id())).isEqualTo(container.current());
        }
        // A failed creation may have happened.
        assertThat(found).allSatisfy((id, status) -> {
            Life life = Objects.requireNonNull(expectedStates.of(status));
            assertThat(life.isDeleted() || !life.commits().isEmpty()).isFalse();
        });
        FolderTree.delete(root);
    }

    private Map<String, Status> inFiles() {
        FileCheckpoints reader = FileCheckpoints.at(root);
        Map<String, Status> found = new TreeMap<>();
        for (String id : reader.list().toIterable()) {
            found.put(id, reader.read(id).block(StoreTest.PATIENCE));
        }
        reader.close().block(StoreTest.PATIENCE);
        return found;
    }
}
