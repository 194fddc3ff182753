package io.containerstatus.fs;

import io.containerstatus.StatusEvent;
import io.containerstatus.fs.internal.HandOver;
import io.containerstatus.fs.internal.OwnScheduler;
import io.containerstatus.fs.internal.TaskDrain;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.scheduler.Scheduler;

/**
 * The known state of a root, for all current subscribers. It is the only subscriber of the file
 * changes. It takes them at once, and keeps the newest state of each container. Each subscriber then
 * reads that state when it is ready.
 */
final class SharedRoot implements CoreSubscriber<StatusEvent> {
    private static final int SIGNAL_THREADS = 64;

    private final SharedFollow owner;
    private final FollowSettings settings;
    private final Source source;
    private final OwnScheduler own = new OwnScheduler("status-follow-signal", SIGNAL_THREADS, Integer.MAX_VALUE);
    private final TaskDrain tasks = new TaskDrain(own);
    private final AtomicBoolean started = new AtomicBoolean();

    // Guarded by this. The lock of a subscription may be taken while this lock is held, and never the other way round.
    private final Map<String, SharedEntry> entries = new TreeMap<>();
    private final Set<SharedSubscription> subscribers = new LinkedHashSet<>();
    private boolean caughtUp;
    private boolean ended;

    /** Emits the file changes, from its start until its cancellation or an error. */
    interface Source extends Subscription {
        void start();
    }

    SharedRoot(SharedFollow owner, FollowSettings settings, Function<CoreSubscriber<StatusEvent>, Source> sources) {
        this.owner = owner;
        this.settings = settings;
        this.source = sources.apply(this);
    }

    /** Adds a subscriber, which receives the known state, and all later changes. Returns false after the end. */
    synchronized boolean add(SharedSubscription subscription) {
        if (ended) {
            return false;
        }
        entries.values().forEach(entry -> subscription.note(entry, FollowedChange.Kind.SNAPSHOT));
        if (caughtUp) {
            subscription.noteSnapshotEnd();
        }
        subscribers.add(subscription);
        return true;
    }

    /** Starts the source, unless it was started already. */
    void start() {
        if (started.compareAndSet(false, true)) {
            source.start();
        }
    }

    /** Removes a subscriber. If it was the last one, the root ends. */
    void remove(SharedSubscription subscription) {
        synchronized (this) {
            subscribers.remove(subscription);
            if (ended || !subscribers.isEmpty()) {
                return;
            }
            end();
        }
        source.cancel();
        signOff();
    }

    /** Guarded by this. */
    private void end() {
        ended = true;
        entries.clear();
        subscribers.clear();
    }

    private void signOff() {
        owner.forget(this);
        own.end();
    }

    /** Runs a subscriber's drain on a scheduler. If the scheduler rejects it, returns what the scheduler threw. */
    @Nullable
    Throwable run(Runnable drain) {
        Scheduler given = settings.ioScheduler();
        if (given != null) {
            return HandOver.give(drain, given);
        }
        tasks.run(drain);
        return null;
    }

    /** Returns whether the scheduler may have dropped a drain, because it was disposed of. */
    boolean mayForget() {
        Scheduler given = settings.ioScheduler();
        return given != null && given.isDisposed();
    }

    FollowSettings settings() {
        return settings;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(StatusEvent event) {
        try {
            take(event).forEach(SharedSubscription::wakeIfDemanded);
        } catch (Throwable thrown) {
            // One event is lost, at least for some subscribers, so no stream may continue.
            source.cancel();
            onError(thrown);
        }
    }

    private synchronized List<SharedSubscription> take(StatusEvent event) {
        if (ended) {
            return List.of();
        }
        if (event instanceof FollowedChange change) {
            takeIn(change);
        } else {
            caughtUp = true;
            subscribers.forEach(SharedSubscription::noteSnapshotEnd);
        }
        return List.copyOf(subscribers);
    }

    /** Guarded by this. */
    private void takeIn(FollowedChange change) {
        SharedEntry entry = change.kind() == FollowedChange.Kind.DELETED
                ? entries.remove(change.id())
                : entries.computeIfAbsent(change.id(), SharedEntry::new);
        if (entry != null) {
            entry.set(change);
            subscribers.forEach(subscription -> subscription.note(entry, change.kind()));
        }
    }

    @Override
    public void onError(Throwable failure) {
        List<SharedSubscription> all;
        synchronized (this) {
            all = List.copyOf(subscribers);
            end();
        }
        all.forEach(subscription -> subscription.fail(failure));
        signOff();
    }

    @Override
    public void onComplete() {
        // The source never completes.
    }
}
