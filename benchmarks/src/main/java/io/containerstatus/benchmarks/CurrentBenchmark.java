package io.containerstatus.benchmarks;

import io.containerstatus.Status;
import io.containerstatus.reactive.StatusStorage;
import io.containerstatus.reactive.StatusStore;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Compares reading the current status of a container with the cheapest read of shared state. */
@State(Scope.Benchmark)
public class CurrentBenchmark {
    private final StatusStore store =
            Objects.requireNonNull(StatusStore.builder(new HeldStatuses(1, number -> Samples.TYPICAL))
                    .open()
                    .block());
    private final StatusStorage container = store.find(HeldStatuses.id(0));
    private volatile Status held = Samples.TYPICAL;

    /** Reads the container's current status. */
    @Benchmark
    public Status current() {
        return container.current();
    }

    /** Reads a volatile field. */
    @Benchmark
    public Status volatileRead() {
        return held;
    }

    /** Closes the store. */
    @TearDown
    public void close() {
        held = Samples.MINIMAL;
        store.close().block();
    }
}
