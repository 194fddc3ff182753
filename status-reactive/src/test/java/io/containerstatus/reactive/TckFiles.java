package io.containerstatus.reactive;

import io.containerstatus.StatusCodec;
import io.containerstatus.fs.FileCheckpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.TestEnvironment;

/** One of the publishers of the files, on a root of its own that holds as many containers as it may emit elements. */
final class TckFiles<T> extends Tck.Verification<T> {
    private final Supplier<Path> roots;
    private final long elements;
    private final boolean mayFail;
    private final boolean open;
    private final Function<FileCheckpoints, Publisher<T>> publisher;
    private final List<FileCheckpoints> used = new ArrayList<>();

    TckFiles(
            TestEnvironment environment,
            Supplier<Path> roots,
            long elements,
            boolean mayFail,
            boolean open,
            Function<FileCheckpoints, Publisher<T>> publisher) {
        super(environment);
        this.roots = roots;
        this.elements = elements;
        this.mayFail = mayFail;
        this.open = open;
        this.publisher = publisher;
    }

    @Override
    public long maxElementsFromPublisher() {
        return elements;
    }

    @Override
    public Publisher<T> createPublisher(long wanted) {
        Path root = roots.get();
        try {
            for (long i = 0; i < wanted; i++) {
                Path container = Files.createDirectories(root.resolve("c" + i));
                Files.write(container.resolve("status"), StatusCodec.encode(StoreTest.CREATED));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return publisher.apply(files(root));
    }

    @Override
    public @Nullable Publisher<T> createFailedPublisher() {
        if (!mayFail) {
            return null;
        }
        FileCheckpoints files = files(roots.get());
        files.close().block(StoreTest.PATIENCE);
        return publisher.apply(files);
    }

    private FileCheckpoints files(Path root) {
        FileCheckpoints files = FileCheckpoints.at(root);
        if (open) {
            files.open().block(StoreTest.PATIENCE);
        }
        used.add(files);
        return files;
    }

    @Override
    public void close() {
        used.forEach(files -> files.close().block(StoreTest.PATIENCE));
    }
}
