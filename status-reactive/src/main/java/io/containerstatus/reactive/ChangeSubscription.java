package io.containerstatus.reactive;

import io.containerstatus.StatusEvent;
import io.containerstatus.fs.internal.SubscriberDrain;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.scheduler.Scheduler;

/**
 * One subscriber to changes. The publishing thread only wakes the drain, which runs on the subscriber's own
 * scheduler. So a slow subscriber there delays nobody else.
 */
abstract class ChangeSubscription extends SubscriberDrain<StatusEvent> implements CommitListener {
    private final Subscribers registry;
    private final SignalScheduler signals;
    private final @Nullable Scheduler scheduler;
    private final ChangeFilter filter;
    private int registeredAt;

    ChangeSubscription(
            CoreSubscriber<? super StatusEvent> actual,
            Subscribers registry,
            SignalScheduler signals,
            Delivery delivery,
            ChangeFilter filter) {
        super(actual);
        this.registry = registry;
        this.signals = signals;
        this.scheduler = delivery.scheduler();
        this.filter = filter;
    }

    final ChangeFilter filter() {
        return filter;
    }

    @Override
    public final boolean isAbout(String id) {
        return filter.isAbout(id);
    }

    @Override
    public final void registeredAt(int index) {
        registeredAt = index;
    }

    @Override
    public final int registeredAt() {
        return registeredAt;
    }

    @Override
    public final void start() {
        actual().onSubscribe(this);
        follow();
    }

    /** Registers, takes the snapshot, and then begins to emit. The order ensures that no commit is missed. */
    final void follow() {
        try {
            registry.add(this);
            if (isOver()) {
                registry.remove(this);
                return;
            }
            snapshot();
        } catch (Throwable thrown) {
            failBeforeBegin(thrown);
        }
        begin();
    }

    /** Takes the snapshot. The subscription is registered by then, and does not drain yet. */
    abstract void snapshot();

    /**
     * Returns whether commits need not be passed to this subscription now. Called for each subscriber at each
     * commit. So subclasses override this method, which saves reading a field.
     */
    @Override
    public boolean sleeps() {
        return false;
    }

    @Override
    public final void onCommit(ContainerLane lane, StatusChange change) {
        if (filter.passes(change)) {
            onPassed(lane, change);
        }
    }

    /** Receives a commit that passes the filter. */
    abstract void onPassed(ContainerLane lane, StatusChange change);

    @Override
    public final void onEnd() {
        wake();
    }

    @Override
    public final void fail(Throwable reason) {
        try {
            failWith(reason);
        } catch (Throwable thrown) {
            abandon(thrown);
        }
    }

    @Override
    protected final void handOver() {
        if (scheduler != null) {
            SignalScheduler.run(this, scheduler);
        } else {
            signals.run(this);
        }
    }

    @Override
    protected final void release(@Nullable Throwable failure) {
        registry.remove(this);
    }
}
