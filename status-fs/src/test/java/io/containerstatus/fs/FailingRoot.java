package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.PATIENCE;
import static io.containerstatus.fs.Samples.complete;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.StatusException;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import io.containerstatus.testing.FolderTree;
import io.containerstatus.testing.Hook;
import io.containerstatus.testing.HookedFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** A new root for one fault. All work runs on the test's thread, so that each run performs the same operations. */
final class FailingRoot implements AutoCloseable {
    final Path path;
    final HookedFileSystem files;
    FileCheckpoints checkpoints;

    FailingRoot(Path path) {
        this.path = path;
        files = HookedFileSystem.over(path);
        files.syncing = false;
        checkpoints = newCheckpoints();
    }

    private FileCheckpoints newCheckpoints() {
        return FileCheckpoints.builder(files.hooked(path))
                .ioScheduler(Schedulers.immediate())
                .build();
    }

    void open() {
        StepVerifier.create(checkpoints.open().map(Opened::access))
                .expectNext(Access.WRITABLE)
                .expectComplete()
                .verify(PATIENCE);
    }

    /** Opens the root as the next process does. */
    void reopen() {
        complete(checkpoints.close());
        assertThat(files.openDescriptors()).as("descriptors after the close").isZero();
        checkpoints = newCheckpoints();
        open();
    }

    /**
     * Performs the work under the fault; returns what it signalled. Any failure that is not a typed one fails
     * the test.
     */
    <T> Outcome<T> under(Hook fault, Publisher<T> work) {
        files.hook = fault;
        List<Signal<T>> signals = Flux.from(work).materialize().collectList().block(PATIENCE);
        files.hook = Hook.NONE;
        Signal<T> last = signals.get(signals.size() - 1);
        if (last.isOnError()) {
            assertThat(last.getThrowable()).isInstanceOf(StatusException.class);
        }
        return new Outcome<>(
                signals.stream().filter(Signal::isOnNext).map(Signal::get).toList(),
                (StatusException) last.getThrowable());
    }

    record Outcome<T>(List<T> values, @Nullable StatusException failure) {}

    /** Returns the entry named {@code status}: its inode and its bytes; null if there is none. */
    @Nullable
    Entry entry(String id) {
        return Entry.of(path.resolve(id).resolve("status"));
    }

    record Entry(Object inode, String content) {
        static @Nullable Entry of(Path file) {
            try {
                if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    return null;
                }
                Object inode = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey();
                return new Entry(inode, Files.isDirectory(file) ? "folder" : Files.readString(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Returns the names in a container's folder, in order; empty if there is no folder. */
    List<String> names(String id) {
        return names(path.resolve(id));
    }

    /** Returns the names in the root, in order. */
    List<String> names() {
        return names(path);
    }

    private static List<String> names(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        files.hook = Hook.NONE;
        complete(checkpoints.close());
        assertThat(files.openDescriptors()).as("descriptors in the end").isZero();
        FolderTree.delete(path);
    }
}
