package io.containerstatus.spring;

import org.reactivestreams.Publisher;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Ends streams to clients when the application shuts down. For the web server, a stream without an end, such
 * as server-sent events, is a request in progress. Without this class, the graceful shutdown waits for each
 * open page until its timeout is over.
 *
 * <pre>{@code
 * Flux<StatusChange> events() {
 *     return streams.untilShutdown(store.changes());
 * }
 * }</pre>
 *
 * <p>The streams end in the {@linkplain #PHASE phase} before the one in which the web server waits for requests.
 * By then, the beans of higher phases have stopped, so their last changes are still emitted. If the application
 * context is started again, streams that begin after that last until the next stop. This class is threadsafe.
 */
public final class ClientStreams implements SmartLifecycle {
    /**
     * The phase in which streams end: lower than {@link SmartLifecycle#DEFAULT_PHASE}, and higher than the
     * phase of the graceful shutdown of Boot's web servers, which is 1024 below the default phase.
     */
    public static final int PHASE = DEFAULT_PHASE - 512;

    private volatile Sinks.Empty<Void> end = Sinks.empty();
    private volatile boolean running;
    /** Guarded by this. */
    private boolean ended;

    /**
     * Returns the same stream, which also ends at the shutdown. The signals of the source come on the threads
     * of the source. At a shutdown, the source is cancelled first. Then the stream completes on the thread
     * that shuts down, so a subscriber must not block there. If the shutdown has already begun, a
     * subscription completes immediately. A subscription before the first start of the application context is
     * allowed, too.
     */
    public <T> Flux<T> untilShutdown(Publisher<T> stream) {
        return Flux.defer(() -> Flux.from(stream).takeUntilOther(end.asMono()));
    }

    /** Allows new streams, which last until the next stop. Called by the application context. */
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
        Sinks.Empty<Void> ending;
        synchronized (this) {
            ended = true;
            running = false;
            // A start after this may replace the field.
            ending = end;
        }
        ending.tryEmitEmpty();
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
