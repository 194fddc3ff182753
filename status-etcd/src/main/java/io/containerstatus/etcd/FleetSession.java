package io.containerstatus.etcd;

import io.containerstatus.StoreClosedException;
import io.containerstatus.UnreadableStatusException;
import io.containerstatus.fs.internal.InFlight;
import io.grpc.Deadline;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * The state of a follower between its first use and its close: a client and, from the first subscriber on,
 * the fleet with the one watch that all subscribers share. If the watch fails permanently, the next
 * subscriber starts another one.
 */
final class FleetSession {
    private final FleetSettings settings;
    private final EtcdClient client;
    private final InFlight fences = new InFlight();
    private volatile Fleet fleet;
    /** Accessed on the worker only. */
    private @Nullable Disposable watching;

    FleetSession(FleetSettings settings) {
        this.settings = settings;
        client = settings.connection().newClient();
        fleet = new Fleet(settings.keys(), settings.clock());
    }

    /** Returns the known content. May be called on any thread. */
    Fleet fleet() {
        return fleet;
    }

    /** Adds a subscriber: it receives the known content, and then the changes. May be called on any thread. */
    void add(FleetSubscription subscriber) {
        try {
            Disposable unused = client.worker().schedule(() -> addOnWorker(subscriber));
        } catch (RejectedExecutionException e) {
            subscriber.refuse(new StoreClosedException());
        }
    }

    private void addOnWorker(FleetSubscription subscriber) {
        boolean begins = watching == null && !fleet.hasEnded();
        if (begins) {
            fleet = new Fleet(settings.keys(), settings.clock());
        }
        // Added before the watch starts, because the watch may fail immediately.
        fleet.add(subscriber);
        if (begins) {
            Disposable.Swap started = Disposables.swap();
            watching = started;
            started.update(new FleetWatch(client, settings, fleet).run().subscribe(none -> {}, this::failed));
        }
    }

    private void failed(Throwable failure) {
        Throwable cause = Guarded.unwrap(failure);
        Fleet over = fleet;
        fleet = new Fleet(settings.keys(), settings.clock());
        fleet.interrupted(String.valueOf(cause.getMessage())); // Shown by the health until the next subscription.
        watching = null;
        over.fail(
                cause instanceof EtcdCallException
                        ? new UnreadableStatusException(
                                settings.keys().location(), String.valueOf(cause.getMessage()), cause)
                        : cause);
    }

    /** Takes the ownership of a node away from its owner. */
    Mono<Void> fence(String node) {
        return Mono.defer(() -> {
            if (!fences.enter()) {
                return Mono.error(new StoreClosedException());
            }
            return Mono.defer(() -> fencing(node).run())
                    .subscribeOn(client.worker())
                    .doFinally(end -> fences.leave());
        });
    }

    private Fencing fencing(String node) {
        Keys keys = new Keys(settings.keys().prefix(), node);
        Deadline until = Deadline.after(settings.fenceTimeout().toNanos(), TimeUnit.NANOSECONDS);
        return new Fencing(client, keys, until, settings.clock().instant());
    }

    /**
     * Waits for the fencings in progress, ends the watch and the streams, and releases the connections and
     * the threads.
     */
    Mono<Void> close() {
        return fences.close()
                .then(Mono.<Void>fromRunnable(this::end).subscribeOn(client.worker()))
                .then(client.close());
    }

    private void end() {
        if (watching != null) {
            watching.dispose();
        }
        fleet.end();
    }
}
