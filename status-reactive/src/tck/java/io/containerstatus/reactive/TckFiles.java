package io.containerstatus.reactive;

import io.containerstatus.StatusCodec;
import io.containerstatus.spi.StatusCheckpoints;
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
import reactor.core.publisher.Mono;

/**
 * One of the publishers of the files, or of a journal in front of them. Each has a root of its own that holds
 * as many containers as it may emit elements.
 */
final class TckFiles<C extends StatusCheckpoints, T> extends Tck.Verification<T> {
    private final Supplier<Path> roots;
    private final long elements;
    private final boolean mayFail;
    private final boolean open;
    private final Function<Path, C> checkpoints;
    private final Function<C, Publisher<T>> publisher;
    private final List<C> used = new ArrayList<>();

    TckFiles(
            TestEnvironment environment,
            Supplier<Path> roots,
            long elements,
            boolean mayFail,
            boolean open,
            Function<Path, C> checkpoints,
            Function<C, Publisher<T>> publisher) {
        super(environment);
        this.roots = roots;
        this.elements = elements;
        this.mayFail = mayFail;
        this.open = open;
        this.checkpoints = checkpoints;
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
        C files = files(roots.get());
        Mono.from(files.close()).block(StoreTest.PATIENCE);
        return publisher.apply(files);
    }

    private C files(Path root) {
        C files = checkpoints.apply(root);
        if (open) {
            Mono.from(files.open()).block(StoreTest.PATIENCE);
        }
        used.add(files);
        return files;
    }

    @Override
    public void close() {
        used.forEach(files -> Mono.from(files.close()).block(StoreTest.PATIENCE));
    }
}
