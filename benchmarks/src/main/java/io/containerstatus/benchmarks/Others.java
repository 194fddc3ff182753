package io.containerstatus.benchmarks;

import java.util.function.IntFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Callers in the background: each subscribes again when its operation is done, until they are ended. */
final class Others {
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private volatile boolean over;

    Others(int callers, IntFunction<Mono<?>> operations) {
        Flux.range(0, callers)
                .flatMap(caller -> operations.apply(caller).repeat(() -> !over), callers)
                .then()
                .subscribe(nothing -> {}, ended::tryEmitError, ended::tryEmitEmpty);
    }

    /** Lets what is under way end. */
    void end() {
        over = true;
        ended.asMono().block();
    }
}
