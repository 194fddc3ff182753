package io.containerstatus.benchmarks;

import io.containerstatus.Status;
import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Mono;

/**
 * The simplest possible update through a Mono: no order with durable steps, no revision, and no subscriber to notify.
 */
@State(Scope.Benchmark)
public class StockBenchmark {
    private final AtomicReference<Status> held = new AtomicReference<>(Samples.TYPICAL);

    /** Updates an atomic reference. */
    @Benchmark
    public Status update() {
        return Received.from(Mono.fromCallable(() -> held.updateAndGet(Samples::next)));
    }
}
