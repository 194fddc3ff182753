package io.containerstatus.reactive;

import io.containerstatus.fs.internal.SubscriberDrain;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.scheduler.Scheduler;

/**
 * One subscriber to changes. The publishing side only wakes its drain, which runs on the subscriber's own scheduler; so
 * what the subscriber does there holds up nobody else.
 */
abstract class ChangeSubscription extends SubscriberDrain<StatusChange> implements CommitListener {
    private final Subscribers registry;
    private final SignalScheduler signals;
    private final @Nullable Scheduler scheduler;
    private final ChangeFilter filter;
    private int registeredAt;

    ChangeSubscription(
            CoreSubscriber<? super StatusChange> actual,
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

    /** Registers, looks at what stands, and lets the signals flow; in this order, so that no commit falls between. */
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

    /** Takes in what stands at the subscription, which is registered and not yet draining. */
    abstract void snapshot();

    /**
     * Returns whether it need not hear of a commit now. Called for each subscriber at each commit: so a subclass overrides
     * it, and there is no field to read.
     */
    @Override
    public boolean sleeps() {
        return false;
    }

    @Override
    public final void hear(ContainerLane lane, StatusChange change) {
        if (filter.passes(change)) {
            onCommit(lane, change);
        }
    }

    /** Hears of a commit that the filter lets through. */
    abstract void onCommit(ContainerLane lane, StatusChange change);

    @Override
    public final void hearEnd() {
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
