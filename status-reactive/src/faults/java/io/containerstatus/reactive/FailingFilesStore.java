package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import io.containerstatus.StatusException;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.test.ManualScheduler;
import io.containerstatus.testing.CrashedRoot;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.FolderTree;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

/**
 * A store on a new root of real files that fail as the test determines, for one fault. All work runs on the
 * thread of the test, so that each run performs the same operations.
 */
final class FailingFilesStore implements AutoCloseable {
    final Path root;
    final HookedFileSystem files;
    private final boolean journaled;
    private final Disk disk = new Disk();
    private final List<RecordingSubscriber> watchers = new ArrayList<>();
    private @Nullable StatusStore store;

    FailingFilesStore(Path root) {
        this(root, /* journaled= */ false);
    }

    /**
     * Prepares a store.
     *
     * @param journaled whether it has a journal, in which case no file follows before the close
     */
    FailingFilesStore(Path root, boolean journaled) {
        this.root = root;
        this.journaled = journaled;
        files = HookedFileSystem.over(root);
        files.syncing = false;
    }

    StatusStore store() {
        return Objects.requireNonNull(store, "not open");
    }

    /** Opens the store under the hook. Returns the failure, which must be a typed one, or null. */
    @Nullable
    StatusException open(Hook hook) {
        Outcome opened = under(
                        hook,
                        StatusStore.builder(checkpoints())
                                .signalScheduler(Schedulers.immediate())
                                .laneThreads(0)
                                .commitTimer(new ManualCommitTimer())
                                .open())
                .get(0);
        store = (StatusStore) opened.value();
        return opened.failure();
    }

    private StatusCheckpoints checkpoints() {
        FileCheckpoints.Builder builder =
                FileCheckpoints.builder(files.hooked(root)).ioScheduler(disk);
        return journaled
                ? builder.journaled()
                        .filesWithin(Duration.ofHours(1))
                        .segmentSize(16 << 10)
                        .build()
                : builder.build();
    }

    /** Opens the store as the next process does. */
    StatusStore reopen() {
        end();
        assertThat(files.openDescriptors()).as("descriptors after the close").isZero();
        assertThat(open(Hook.NONE)).isNull();
        assertThat(store().recovery().writable()).isTrue();
        return store();
    }

    /** The outcome of one operation: a value, or a failure, or neither. */
    record Outcome(@Nullable Object value, @Nullable StatusException failure) {
        /** Returns the outcome that the caller received. Any other than a typed failure fails the test. */
        static Outcome of(TestSubscriber<?> caller) {
            assertThat(caller.isTerminated()).as("received the outcome").isTrue();
            if (caller.isTerminatedError()) {
                assertThat(caller.expectTerminalError()).isInstanceOf(StatusException.class);
                return new Outcome(null, (StatusException) caller.expectTerminalError());
            }
            return new Outcome(caller.getReceivedOnNext().stream().findFirst().orElse(null), null);
        }
    }

    /** Subscribes to all the operations, in this order, before the disk begins to work on the first, under the hook. */
    List<Outcome> under(Hook hook, Mono<?>... operations) {
        files.hook = journaled ? new WholeSectors(hook) : hook;
        disk.busy = true;
        List<TestSubscriber<?>> callers = new ArrayList<>();
        for (Mono<?> operation : operations) {
            callers.add(StoreTest.subscribe(operation));
        }
        disk.waiting.runAll();
        disk.busy = false;
        files.hook = Hook.NONE;
        return callers.stream().map(Outcome::of).toList();
    }

    /** A write of a journal is only cut between two sectors, as its format expects of a device. */
    private record WholeSectors(Hook hook) implements Hook {
        private static final int SECTOR = 512;

        @Override
        public void before(FileOperation operation, String path) throws IOException {
            hook.before(operation, path);
        }

        @Override
        public void after(FileOperation operation, String path) throws IOException {
            hook.after(operation, path);
        }

        @Override
        public int taken(String path, int offered) {
            return path.contains("/.status.journal-") ? Math.min(offered, SECTOR) : hook.taken(path, offered);
        }
    }

    /** Performs one operation without a fault. Returns its value. */
    @Nullable
    Object make(Mono<?> operation) {
        Outcome outcome = under(Hook.NONE, operation).get(0);
        assertThat(outcome.failure()).isNull();
        return outcome.value();
    }

    /** Records what each kind of subscriber to the store receives from now on. */
    void watchStore() {
        for (Delivery delivery : List.of(Delivery.latest(), Delivery.every(100))) {
            RecordingSubscriber watcher = new RecordingSubscriber(delivery.isLatest());
            store().changes(delivery.on(Schedulers.immediate()).changesOnly())
                    .subscribe(watcher::receive, watcher::failed);
            watchers.add(watcher);
        }
    }

    /** Records what each kind of subscriber to the container receives from now on. */
    void watch(StatusStorage container) {
        for (Delivery delivery : List.of(Delivery.latest(), Delivery.every(100))) {
            RecordingSubscriber watcher = new RecordingSubscriber(delivery.isLatest());
            container
                    .changes(delivery.on(Schedulers.immediate()).changesOnly())
                    .subscribe(watcher::receive, watcher::failed);
            watchers.add(watcher);
        }
    }

    /**
     * Asserts that every watcher has received exactly these changes since the last call, in this order. A
     * watcher of the latest may have skipped some of them, but not the last.
     */
    void assertReceived(List<String> changes) {
        assertThat(watchers).isNotEmpty();
        watchers.forEach(watcher -> watcher.assertReceived(changes));
    }

    static String change(StatusChange.Kind kind, long revision, Status status) {
        return kind + " at revision " + revision + ": " + status;
    }

    /** Works at once on the calling thread; while it is busy, when the test says so. */
    private static final class Disk implements Scheduler {
        private final ManualScheduler waiting = new ManualScheduler();
        private volatile boolean busy;

        @Override
        public Disposable schedule(Runnable task) {
            return (busy ? waiting : Schedulers.immediate()).schedule(task);
        }

        @Override
        public Worker createWorker() {
            return waiting.createWorker();
        }
    }

    private static final class RecordingSubscriber {
        private final boolean maySkip;
        private final List<String> received = new ArrayList<>();

        RecordingSubscriber(boolean maySkip) {
            this.maySkip = maySkip;
        }

        void assertReceived(List<String> changes) {
            if (maySkip && changes.size() > 1) {
                assertThat(changes).as("what a subscriber received").containsSubsequence(received);
                assertThat(received).last().isEqualTo(changes.get(changes.size() - 1));
            } else {
                assertThat(received).as("what a subscriber received").isEqualTo(changes);
            }
            received.clear();
        }

        void receive(StatusChange change) {
            received.add(FailingFilesStore.change(change.kind(), change.revision(), change.current()));
        }

        void failed(Throwable failure) {
            received.add("failed: " + failure);
        }
    }

    /**
     * Returns the status on the disk; null if there is none. With a journal, this is the status that the next
     * process finds.
     */
    @Nullable
    Status onDisk(String id) {
        try {
            if (!journaled) {
                return inFile(root, id);
            }
            Path copy = CrashedRoot.copy(root, root.getParent());
            FileCheckpoints next = FileCheckpoints.at(copy);
            Opened opened = Objects.requireNonNull(next.open().block(StoreTest.PATIENCE));
            assertThat(opened.access().writable()).as("after a crash").isTrue();
            assertThat(opened.damage()).as("after a crash").isEmpty();
            next.close().block(StoreTest.PATIENCE);
            Status found = inFile(copy, id);
            FolderTree.delete(copy);
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable Status inFile(Path root, String id) throws IOException {
        Path status = root.resolve(id).resolve("status");
        return Files.exists(status) ? StatusCodec.decode(Files.readAllBytes(status)) : null;
    }

    /**
     * Returns the files in a container's folder by name, with the inode and the bytes of each. Empty if there
     * is no folder.
     */
    Map<String, String> files(String id) {
        Path folder = root.resolve(id);
        Map<String, String> found = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                Object inode =
                        Files.readAttributes(entry, BasicFileAttributes.class).fileKey();
                String bytes = new String(Files.readAllBytes(entry), StandardCharsets.ISO_8859_1);
                found.put(entry.getFileName().toString(), inode + " " + bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private void end() {
        StatusStore ending = store;
        if (ending != null) {
            ending.close().block(StoreTest.PATIENCE);
            store = null;
        }
    }

    @Override
    public void close() {
        end();
        assertThat(files.openDescriptors()).as("descriptors in the end").isZero();
        FolderTree.delete(root);
    }
}
