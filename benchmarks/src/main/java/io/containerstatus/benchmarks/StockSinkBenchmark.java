package io.containerstatus.benchmarks;

import io.containerstatus.Status;
import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** Reactor's own sinks, which emit each update of an atomic reference. */
@State(Scope.Benchmark)
public class StockSinkBenchmark {
    /** The number of subscribers. */
    @Param({"1", "10", "1000"})
    public int subscribers;

    /** As in {@link UpdateBenchmark#kind}. */
    @Param({"stalled", "active", "scheduled"})
    public String kind = "stalled";

    /** {@code directBestEffort}, or {@code replayLatest} with {@code onBackpressureLatest} for each subscriber. */
    @Param({"directBestEffort", "replayLatest"})
    public String sink = "directBestEffort";

    private final AtomicReference<Status> held = new AtomicReference<>(Samples.TYPICAL);
    private Sinks.Many<Status> emitter = Sinks.many().multicast().directBestEffort();
    final Demanding.Received received = new Demanding.Received();

    /** Subscribes all subscribers. */
    @Setup
    public void subscribe() {
        Flux<Status> changes = emitter.asFlux();
        if (sink.equals("replayLatest")) {
            emitter = Sinks.many().replay().latest();
            changes = emitter.asFlux().onBackpressureLatest();
        }
        if (kind.equals("scheduled")) {
            changes = changes.publishOn(Schedulers.boundedElastic(), /* prefetch= */ 1);
        }
        Demanding.subscribe(changes, subscribers, kind.equals("stalled"), received);
    }

    /** Updates and emits. */
    @Benchmark
    public Status update() {
        Status next = held.updateAndGet(Samples::next);
        emitter.tryEmitNext(next);
        return next;
    }
}
