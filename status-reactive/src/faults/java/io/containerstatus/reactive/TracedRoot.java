package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.testing.CrashedRoot;
import io.containerstatus.testing.FolderTree;
import io.containerstatus.testing.TracedThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

/**
 * A root for one operation, with all its file work on one thread, and with everything that can be observed
 * from outside.
 */
final class TracedRoot implements AutoCloseable {
    private static final String ID = ContainerAction.ID;
    private static final int SEGMENT = 64 << 10;

    private final Path root;
    private final TracedThread thread;
    /** How far a file may be behind its record; null without a journal. */
    private @Nullable Duration filesWithin;

    private @Nullable StatusStore store;
    private TestSubscriber<StatusChange> watcher = TestSubscriber.create();

    TracedRoot(Path root, TracedThread thread) {
        this.root = root;
        this.thread = thread;
    }

    Path path() {
        return root;
    }

    /** Opens the store with a journal from now on; none of its files follows by itself. */
    void useJournal() {
        useJournal(Duration.ofHours(1));
    }

    /** Opens the store with a journal from now on, whose files follow within this time. */
    void useJournal(Duration filesWithin) {
        this.filesWithin = filesWithin;
    }

    boolean hasJournal() {
        return filesWithin != null;
    }

    StatusStore open() {
        store = opening().block(StoreTest.PATIENCE);
        watcher = TestSubscriber.create();
        store.changes(Delivery.every(100)).subscribe(watcher);
        return store;
    }

    Mono<StatusStore> opening() {
        StatusStore.FileBuilder builder = StatusStore.builder(root);
        if (filesWithin != null) {
            builder.journaled(filesWithin, SEGMENT);
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

    /** Waits for the end of the work. Returns the failure, or null. */
    @Nullable
    Throwable failureOf(Mono<?> work) {
        try {
            work.block(StoreTest.PATIENCE);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    /** Returns what memory holds; null if there is no such container. */
    @Nullable
    Status inMemory() {
        Optional<StatusStorage> storage =
                store.list().stream().filter(one -> one.id().equals(ID)).findFirst();
        return storage.map(StatusStorage::current).orElse(null);
    }

    /**
     * Returns the bytes on the disk, or "absent". With a journal, these are the bytes that the next process finds.
     */
    String onDisk() throws IOException {
        return hasJournal() ? afterCrash() : inFile(root);
    }

    /** Returns the bytes in the file, or "absent". */
    String inFile() throws IOException {
        return inFile(root);
    }

    private static String inFile(Path root) throws IOException {
        Path status = root.resolve(ID).resolve("status");
        return Files.exists(status) ? Files.readString(status) : "absent";
    }

    /** Opens a copy of the root without the journal, which updates the files. Returns the bytes in the file. */
    private String afterCrash() throws IOException {
        // On the thread that changes the files, so that none changes meanwhile.
        Path copy = Mono.fromCallable(() -> CrashedRoot.copy(root, root.getParent()))
                .subscribeOn(Schedulers.fromExecutorService(thread.executor()))
                .block(StoreTest.PATIENCE);
        StatusStore next = Objects.requireNonNull(StatusStore.open(copy).block(StoreTest.PATIENCE));
        assertThat(next.recovery().writable()).isTrue();
        assertThat(next.recovery().damage()).isEmpty();
        next.close().block(StoreTest.PATIENCE);
        String found = inFile(copy);
        FolderTree.delete(copy);
        return found;
    }

    /** Returns how many changes a subscriber has received since the opening. */
    long changesReceived() {
        return watcher.getReceivedOnNext().stream()
                .filter(change -> change.kind() != StatusChange.Kind.SNAPSHOT)
                .count();
    }

    /** Returns how many temporary files of statuses there are, from a write in progress or a failed one. */
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
                    .map(TracedRoot::target)
                    .filter(target -> target.startsWith(root))
                    .toList();
        }
    }

    /** Returns the same as {@link #descriptors}, without those of a lock and of a journal, which stay open. */
    List<Path> otherDescriptors() throws IOException {
        return descriptors().stream()
                .filter(file -> !file.getFileName().toString().startsWith(".status."))
                .toList();
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

    /** Closes the store while the kernel does not do what it is asked. */
    void closeStoreThoughItMayFail() {
        if (store != null) {
            failureOf(store.close());
            store = null;
        }
    }

    void closeStore() {
        if (store != null) {
            store.close().block(StoreTest.PATIENCE);
            store = null;
        }
    }
}
