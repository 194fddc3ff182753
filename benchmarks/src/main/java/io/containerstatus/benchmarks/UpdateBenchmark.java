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

/** An update in memory through its Mono, with subscribers that take each change or only one. */
@State(Scope.Benchmark)
public class UpdateBenchmark {
    /** The number of subscribers. */
    @Param({"0", "1", "10", "1000"})
    public int subscribers;

    /**
     * {@code stalled}: they have requested one change and no other. {@code active}: they take every change,
     * on the thread that emits it. {@code scheduled}: they take it on the store's signal scheduler, which is
     * the default.
     */
    @Param({"stalled", "active", "scheduled"})
    public String kind = "stalled";

    /** What they subscribe to: the {@code container} or the {@code store}. */
    @Param({"container", "store"})
    public String scope = "container";

    private final StatusStore store =
            Objects.requireNonNull(StatusStore.builder(new HeldStatuses(1, number -> Samples.TYPICAL))
                    .open()
                    .block());
    private final StatusStorage container = store.find(HeldStatuses.id(0));
    private final Status ready = Samples.next(Samples.TYPICAL);
    final Demanding.Received received = new Demanding.Received();

    /** Subscribes all subscribers. */
    @Setup
    public void subscribe() {
        Delivery delivery =
                kind.equals("scheduled") ? Delivery.latest() : Delivery.latest().on(Schedulers.immediate());
        Flux<StatusChange> changes = scope.equals("store") ? store.changes(delivery) : container.changes(delivery);
        Demanding.subscribe(changes, subscribers, kind.equals("stalled"), received);
    }

    /** Returns an update, for this benchmark and for other measurements. */
    Mono<Status> mono() {
        return container.update(Samples::next);
    }

    /** Updates. When this returns, the active subscribers have received the change. */
    @Benchmark
    public Status update() {
        return Received.from(mono());
    }

    /**
     * Updates as {@link #update} does, but to one of two existing statuses. This shows the cost of the store alone.
     */
    @Benchmark
    public Status updateToReadyStatus() {
        return Received.from(container.update(status -> status == Samples.TYPICAL ? ready : Samples.TYPICAL));
    }

    /** Closes the store. */
    @TearDown
    public void close() {
        store.close().block();
    }
}
