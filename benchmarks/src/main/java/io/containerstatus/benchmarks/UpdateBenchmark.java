package io.containerstatus.benchmarks;

import io.containerstatus.Status;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.StatusChange;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** An update in memory, through its Mono, with subscribers that want to hear of it or do not. */
@State(Scope.Benchmark)
public class UpdateBenchmark {
    /** How many watch. */
    @Param({"0", "1", "10", "1000"})
    public int subscribers;

    /**
     * {@code stalled} have demanded one change and no other; {@code active} take every one, on the thread that emits it;
     * {@code scheduled} on the store's signal scheduler, as is the default.
     */
    @Param({"stalled", "active", "scheduled"})
    public String kind = "stalled";

    /** What they watch: the {@code container} or the {@code store}. */
    @Param({"container", "store"})
    public String scope = "container";

    private final StatusStore store =
            Objects.requireNonNull(StatusStore.builder(new HeldStatuses(1, number -> Samples.TYPICAL))
                    .open()
                    .block());
    private final StatusStorage container = store.find(HeldStatuses.id(0));
    final Demanding.Heard heard = new Demanding.Heard();

    /** Has the subscribers subscribe. */
    @Setup
    public void subscribe() {
        Delivery delivery =
                kind.equals("scheduled") ? Delivery.latest() : Delivery.latest().on(Schedulers.immediate());
        Flux<StatusChange> changes = scope.equals("store") ? store.changes(delivery) : container.changes(delivery);
        Demanding.subscribe(changes, subscribers, kind.equals("stalled"), heard);
    }

    /** Returns an update, for this benchmark and for what takes it elsewhere. */
    Mono<Status> mono() {
        return container.update(Samples::next);
    }

    /** Updates; when it returns, the active subscribers have heard of it. */
    @Benchmark
    public Status update() {
        return Received.from(mono());
    }

    /** Closes the store. */
    @TearDown
    public void close() {
        store.close().block();
    }
}
