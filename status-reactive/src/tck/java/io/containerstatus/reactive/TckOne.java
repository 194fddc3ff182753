package io.containerstatus.reactive;

import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.test.InMemoryCheckpoints;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** One of the store's Monos, on a store of its own whose disk answers late and on another thread. */
final class TckOne<T> extends Tck.Verification<T> {
    private final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();
    private volatile Mono<Access> opening = Mono.just(Access.WRITABLE);
    private final ExecutorService background = Executors.newSingleThreadExecutor();
    private final long elements;
    private final Function<Setting, Publisher<T>> publisher;
    private final StatusStore store;
    private final StatusStorage container;

    /** What a Mono may be created from. */
    record Setting(
            StatusStore store, StatusStorage container, InMemoryCheckpoints checkpoints, ExecutorService background) {}

    /**
     * Creates a check.
     *
     * @param elements how many elements the Mono emits, 0 or 1
     * @param publisher creates the Mono; once the store is closed, one that fails
     */
    TckOne(TestEnvironment environment, long elements, Function<Setting, Publisher<T>> publisher) {
        super(environment);
        this.elements = elements;
        this.publisher = publisher;
        store = Objects.requireNonNull(StatusStore.builder(checkpoints).open().block(StoreTest.PATIENCE));
        container =
                Objects.requireNonNull(store.create("web", StoreTest.CREATED).block(StoreTest.PATIENCE));
        checkpoints.answerOn(Schedulers.parallel());
    }

    @Override
    public long maxElementsFromPublisher() {
        return elements;
    }

    @Override
    public Publisher<T> createPublisher(long wanted) {
        return publisher.apply(setting());
    }

    @Override
    public Publisher<T> createFailedPublisher() {
        opening = Mono.error(new IllegalStateException("no disk"));
        checkpoints.closeWith(Mono.error(new IllegalStateException("no disk")));
        store.close().onErrorComplete().block(StoreTest.PATIENCE);
        return publisher.apply(setting());
    }

    private Setting setting() {
        // The other checkpoints are owned by the store.
        InMemoryCheckpoints free = new InMemoryCheckpoints();
        free.openWith(opening);
        return new Setting(store, container, free, background);
    }

    @Override
    public void close() {
        background.shutdown();
        store.close().onErrorComplete().block(StoreTest.PATIENCE);
    }

    /** Returns the source. Soon after each subscription to it, the event happens. */
    static <T> Publisher<T> andThen(Publisher<T> source, Runnable event, ExecutorService background) {
        return subscriber -> {
            Flux.from(source).subscribe(subscriber);
            background.execute(event);
        };
    }
}
