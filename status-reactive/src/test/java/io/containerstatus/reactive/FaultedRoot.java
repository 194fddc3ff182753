package io.containerstatus.reactive;

import io.containerstatus.Status;
import io.containerstatus.testing.TracedThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

/** A root on which one deed is done, with all its file work on one thread, and what can be seen of it from outside. */
final class FaultedRoot implements AutoCloseable {
    private static final String ID = Deed.ID;

    private final Path root;
    private final TracedThread thread;
    private boolean journaled;
    private @Nullable StatusStore store;
    private TestSubscriber<StatusChange> watcher = TestSubscriber.create();

    FaultedRoot(Path root, TracedThread thread) {
        this.root = root;
        this.thread = thread;
    }

    Path path() {
        return root;
    }

    /** Opens the store with a journal from now on; none of its files follows by itself. */
    void useJournal() {
        journaled = true;
    }

    StatusStore open() {
        store = opening().block(StoreTest.PATIENCE);
        watcher = TestSubscriber.create();
        store.changes(Delivery.every(100)).subscribe(watcher);
        return store;
    }

    Mono<StatusStore> opening() {
        StatusStore.FileBuilder builder = StatusStore.builder(root);
        if (journaled) {
            builder.journaled(Duration.ofHours(1), 1 << 20);
        }
        return builder.ioScheduler(Schedulers.fromExecutorService(thread.executor()))
                .signalScheduler(Schedulers.immediate())
                .open();
    }

    StatusStore store() {
        return store;
    }

    boolean isOpen() {
        return store != null;
    }

    /** Waits for the end of it; returns the failure, or null. */
    @Nullable
    Throwable failureOf(Mono<?> work) {
        try {
            work.block(StoreTest.PATIENCE);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    /** Returns what memory holds; null when there is no such container. */
    @Nullable
    Status inMemory() {
        Optional<StatusStorage> storage =
                store.list().stream().filter(one -> one.id().equals(ID)).findFirst();
        return storage.map(StatusStorage::current).orElse(null);
    }

    /** Returns the bytes on the disk; "absent" when there are none. */
    String onDisk() throws IOException {
        Path status = root.resolve(ID).resolve("status");
        return Files.exists(status) ? Files.readString(status) : "absent";
    }

    /** Returns how many changes a subscriber has been told since the opening. */
    long changesSeen() {
        return watcher.getReceivedOnNext().stream()
                .filter(change -> change.kind() != StatusChange.Kind.SNAPSHOT)
                .count();
    }

    /** Returns how many statuses are being written, or were when something failed. */
    long temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".tmp-status"))
                    .count();
        }
    }

    /** Returns whether these bytes are in any file of the container. */
    boolean holdsSomewhere(String bytes) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(ID))) {
            return files.anyMatch(file -> text(file).equals(bytes));
        }
    }

    /** Returns the open files of this process under the root. */
    List<Path> descriptors() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .map(FaultedRoot::target)
                    .filter(target -> target.startsWith(root))
                    .toList();
        }
    }

    private static Path target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor);
        } catch (IOException e) {
            return descriptor; // Closed since it was listed.
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closeStore();
    }

    void closeStore() {
        if (store != null) {
            store.close().block(StoreTest.PATIENCE);
            store = null;
        }
    }
}
