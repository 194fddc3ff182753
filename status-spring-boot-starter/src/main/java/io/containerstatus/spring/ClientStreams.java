package io.containerstatus.spring;

import org.reactivestreams.Publisher;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Ends streams to clients when the application shuts down. A stream without an end, such as server-sent events, is a request
 * under way for the web server: without this, its graceful shutdown waits for as long as a page is open.
 *
 * <pre>{@code
 * Flux<StatusChange> events() {
 *     return streams.untilShutdown(store.changes());
 * }
 * }</pre>
 *
 * <p>The streams end in the {@linkplain #PHASE phase} before that in which the web server waits for requests. The beans whose
 * phase is not lower than this one have stopped by then, so their last changes are still told. When the application context is
 * started again, streams that begin from then on last until the next stop. This class is threadsafe.
 */
public final class ClientStreams implements SmartLifecycle {
    /**
     * The phase of the end: lower than {@link SmartLifecycle#DEFAULT_PHASE}, and higher than that of the graceful shutdown of
     * Boot's web servers, which is 1024 below it.
     */
    public static final int PHASE = DEFAULT_PHASE - 512;

    private volatile Sinks.Empty<Void> end = Sinks.empty();
    private volatile boolean running;
    /** Guarded by this. */
    private boolean ended;

    /**
     * Returns the same stream, which also ends at the shutdown. The signals of the source come on the threads of the source; the
     * end at a shutdown comes on the thread that shuts down, so a subscriber must not block in it, and the source is cancelled
     * before. A subscription after the shutdown has begun completes at once. Before the first start of the application context,
     * streams are passed on as at any other time.
     */
    public <T> Flux<T> untilShutdown(Publisher<T> stream) {
        return Flux.defer(() -> Flux.from(stream).takeUntilOther(end.asMono()));
    }

    /** Lets streams begin that last until the next stop. Called by the application context. */
    @Override
    public synchronized void start() {
        if (ended) {
            end = Sinks.empty();
            ended = false;
        }
        running = true;
    }

    /** Ends all streams. Called by the application context. */
    @Override
    public void stop() {
        synchronized (this) {
            ended = true;
            running = false;
        }
        end.tryEmitEmpty();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
