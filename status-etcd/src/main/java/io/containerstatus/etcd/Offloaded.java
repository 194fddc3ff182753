package io.containerstatus.etcd;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Work that may block, such as reading a file or calling the application, performed on a thread that may
 * block. If a caller asks while the work is in progress, it waits for the same result. If a caller has given
 * up waiting, the next caller gets the result that has arrived in the meantime. So only one run is in
 * progress at a time, however often the result is requested. Used on the client's worker.
 */
final class Offloaded<T> {
    private final Callable<T> work;
    private final Consumer<T> drop;
    private final Executor mayBlock;
    private final Scheduler worker;
    private Sinks.@Nullable One<T> run;
    private @Nullable RuntimeException end;

    /**
     * Creates the object. The work does not begin yet.
     *
     * @param drop receives a result that no caller will take, on any thread
     */
    Offloaded(Callable<T> work, Consumer<T> drop, Executor mayBlock, Scheduler worker) {
        this.work = work;
        this.drop = drop;
        this.mayBlock = mayBlock;
        this.worker = worker;
    }

    /**
     * Waits for the result.
     *
     * @return emits the result on the worker. Fails as the work does; or with the failure from {@code late}
     *     if there is no result in time
     */
    Mono<T> within(Duration patience, Supplier<? extends Throwable> late) {
        return Mono.defer(() -> {
            if (end != null) {
                return Mono.error(end);
            }
            Sinks.One<T> awaited = run == null ? begin() : run;
            run = awaited;
            return awaited.asMono()
                    .publishOn(worker)
                    .doOnTerminate(() -> over(awaited))
                    .timeout(patience, Mono.error(late), worker);
        });
    }

    private Sinks.One<T> begin() {
        Sinks.One<T> begun = Sinks.one();
        mayBlock.execute(() -> {
            try {
                T result = Objects.requireNonNull(work.call(), "the result");
                if (begun.tryEmitValue(result).isFailure()) {
                    drop.accept(result);
                }
            } catch (Throwable thrown) {
                begun.tryEmitError(thrown);
            }
        });
        return begun;
    }

    private void over(Sinks.One<T> awaited) {
        if (end != null) {
            throw end;
        }
        if (run == awaited) {
            run = null;
        }
    }

    /** Fails all present and later callers with this error. */
    void end(RuntimeException reason) {
        end = reason;
        if (run != null && run.tryEmitError(reason).isFailure()) {
            run.asMono().subscribe(drop, failure -> {});
        }
    }
}
