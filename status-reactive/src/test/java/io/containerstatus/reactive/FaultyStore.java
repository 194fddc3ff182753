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
import io.containerstatus.testing.FolderTree;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import io.containerstatus.testing.Operation;
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
 * A store over a new root of real files that fail as the test says, for one fault. All work happens on the test's thread,
 * so that each run makes the same operations.
 */
final class FaultyStore implements AutoCloseable {
    final Path root;
    final HookedFileSystem files;
    private final boolean journaled;
    private final Disk disk = new Disk();
    private final List<Watcher> watchers = new ArrayList<>();
    private @Nullable StatusStore store;

    FaultyStore(Path root) {
        this(root, /* journaled= */ false);
    }

    /**
     * Prepares a store.
     *
     * @param journaled whether it has a journal; none of its files follows before the close
     */
    FaultyStore(Path root, boolean journaled) {
        this.root = root;
        this.journaled = journaled;
        files = HookedFileSystem.over(root);
        files.syncing = false;
    }

    StatusStore store() {
        return Objects.requireNonNull(store, "not open");
    }

    /** Opens the store under the hook; returns the failure, which must be a typed one, or null. */
    @Nullable
    StatusException open(Hook hook) {
        Outcome opened = under(
                        hook,
                        StatusStore.builder(checkpoints())
                                .signalScheduler(Schedulers.immediate())
                                .laneThreads(0)
                                .commitTimer(new ManualTimer())
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

    /** What one operation came to: a value, or a failure, or none of both. */
    record Outcome(@Nullable Object value, @Nullable StatusException failure) {
        /** Anything but a typed failure is the test's failure. */
        static Outcome of(TestSubscriber<?> caller) {
            assertThat(caller.isTerminated()).as("was told the outcome").isTrue();
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

    /** A write of a journal is cut between two sectors only, as its format expects of a device. */
    private record WholeSectors(Hook hook) implements Hook {
        private static final int SECTOR = 512;

        @Override
        public void before(Operation operation, String path) throws IOException {
            hook.before(operation, path);
        }

        @Override
        public void after(Operation operation, String path) throws IOException {
            hook.after(operation, path);
        }

        @Override
        public int taken(String path, int offered) {
            return path.contains("/.status.journal-") ? Math.min(offered, SECTOR) : hook.taken(path, offered);
        }
    }

    /** Makes one operation without a fault; returns what it gives. */
    @Nullable
    Object make(Mono<?> operation) {
        Outcome outcome = under(Hook.NONE, operation).get(0);
        assertThat(outcome.failure()).isNull();
        return outcome.value();
    }

    /** Keeps what each kind of subscriber to the store is told from now on. */
    void watchStore() {
        for (Delivery delivery : List.of(Delivery.latest(), Delivery.every(100))) {
            Watcher watcher = new Watcher(delivery.isLatest());
            store().changes(delivery.on(Schedulers.immediate()).changesOnly())
                    .subscribe(watcher::told, watcher::failed);
            watchers.add(watcher);
        }
    }

    /** Keeps what each kind of subscriber to the container is told from now on. */
    void watch(StatusStorage container) {
        for (Delivery delivery : List.of(Delivery.latest(), Delivery.every(100))) {
            Watcher watcher = new Watcher(delivery.isLatest());
            container
                    .changes(delivery.on(Schedulers.immediate()).changesOnly())
                    .subscribe(watcher::told, watcher::failed);
            watchers.add(watcher);
        }
    }

    /** Asserts that every watcher was told exactly this since the last call, in this order; or the newest of it. */
    void assertTold(List<String> changes) {
        assertThat(watchers).isNotEmpty();
        watchers.forEach(watcher -> watcher.assertTold(changes));
    }

    static String told(StatusChange.Kind kind, long revision, Status status) {
        return kind + " at revision " + revision + ": " + status;
    }

    /** Works at once on the thread that asks; or, while it is busy, when the test says so. */
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

    private static final class Watcher {
        private final boolean maySkip;
        private final List<String> told = new ArrayList<>();

        Watcher(boolean maySkip) {
            this.maySkip = maySkip;
        }

        void assertTold(List<String> changes) {
            if (maySkip && changes.size() > 1) {
                assertThat(changes).as("what a subscriber was told").containsSubsequence(told);
                assertThat(told).last().isEqualTo(changes.get(changes.size() - 1));
            } else {
                assertThat(told).as("what a subscriber was told").isEqualTo(changes);
            }
            told.clear();
        }

        void told(StatusChange change) {
            told.add(FaultyStore.told(change.kind(), change.revision(), change.current()));
        }

        void failed(Throwable failure) {
            told.add("failed: " + failure);
        }
    }

    /** Returns the status on the disk; null when there is none. With a journal, the one that the next process finds. */
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

    /** Returns what lies in a container's folder, by name: inode and bytes of each; nothing when there is no folder. */
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
