package io.containerstatus.benchmarks;

import java.util.function.IntFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Callers in the background. Each subscribes again when its operation has completed, until they are ended. */
final class Others {
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private volatile boolean over;

    Others(int callers, IntFunction<Mono<?>> operations) {
        Flux.range(0, callers)
                .flatMap(caller -> operations.apply(caller).repeat(() -> !over), callers)
                .then()
                .subscribe(nothing -> {}, ended::tryEmitError, ended::tryEmitEmpty);
    }

    /** Starts no further operation, and waits until the callers have ended. */
    void end() {
        over = true;
        ended.asMono().block();
    }
}
