package io.containerstatus.reactive;

import io.containerstatus.SubscriberLaggedException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.util.concurrent.Queues;

/**
 * Every change of one container or of all, in commit order, up to a bound on how many may wait. What was committed
 * before the snapshot of its container may still be published after it; its revision tells, and it is left out.
 */
final class EveryChange extends ChangeSubscription {
    private static final AtomicIntegerFieldUpdater<EveryChange> WAITING =
            AtomicIntegerFieldUpdater.newUpdater(EveryChange.class, "waiting");

    private final Supplier<? extends Collection<ContainerLane>> lanes;
    private final BooleanSupplier ended;
    private final StatusMetrics metrics;
    private final int maxLag;
    private final boolean snapshot;

    private final Queue<StatusChange> snapshots = new ArrayDeque<>();
    private final Queue<Published> published =
            Queues.<Published>unboundedMultiproducer().get();
    private final LongAdder refused = new LongAdder();

    @SuppressWarnings("unused") // Through WAITING.
    private volatile int waiting;

    private volatile boolean lagged;

    // The drain's alone.
    private final Map<ContainerLane, Long> lookedAt = new HashMap<>();
    private @Nullable StatusChange head;
    private long lastRevision;

    private record Published(ContainerLane lane, StatusChange change) {}

    private EveryChange(
            CoreSubscriber<? super StatusChange> actual,
            Subscribers registry,
            Settings settings,
            Supplier<? extends Collection<ContainerLane>> lanes,
            BooleanSupplier ended,
            Delivery delivery) {
        super(actual, registry, settings.signals(), delivery);
        this.lanes = lanes;
        this.ended = ended;
        this.metrics = settings.metrics();
        this.maxLag = delivery.maxLag();
        this.snapshot = delivery.withSnapshot();
    }

    static EveryChange ofContainer(CoreSubscriber<? super StatusChange> actual, ContainerLane lane, Delivery delivery) {
        return new EveryChange(
                actual, lane.subscribers(), lane.store().settings(), () -> List.of(lane), lane::hasEnded, delivery);
    }

    static EveryChange ofStore(CoreSubscriber<? super StatusChange> actual, CheckpointStore store, Delivery delivery) {
        return new EveryChange(
                actual, store.subscribers(), store.settings(), store::liveLanes, store::isClosed, delivery);
    }

    @Override
    void look() {
        for (ContainerLane lane : lanes.get()) {
            Commit now = lane.committed();
            lookedAt.put(lane, now.revision());
            if (snapshot) {
                snapshots.add(StatusChanges.first(lane.id(), StatusChange.Kind.SNAPSHOT, now));
            }
        }
    }

    @Override
    void onCommit(ContainerLane lane, StatusChange change) {
        if (lagged || WAITING.incrementAndGet(this) > maxLag) {
            refused.increment();
            lagged = true;
            wake();
            return;
        }
        published.offer(new Published(lane, change));
        if (hasDemand()) {
            wake();
        }
    }

    @Override
    @Nullable
    Throwable failure() {
        if (!lagged) {
            return null;
        }
        long missed = refused.sum() + (head == null ? 0 : 1);
        head = null;
        while (pollPublished() != null) {
            missed++;
        }
        metrics.lagged(missed);
        return new SubscriberLaggedException(missed, lastRevision);
    }

    @Override
    boolean hasEnded() {
        return ended.getAsBoolean();
    }

    @Override
    boolean hasNext() {
        if (head == null) {
            head = pollNext();
        }
        return head != null;
    }

    @Override
    @Nullable
    StatusChange poll() {
        StatusChange change = head != null ? head : pollNext();
        head = null;
        if (change != null) {
            lastRevision = change.revision();
        }
        return change;
    }

    private @Nullable StatusChange pollNext() {
        StatusChange change = snapshots.poll();
        return change != null ? change : pollPublished();
    }

    private @Nullable StatusChange pollPublished() {
        Published next;
        while ((next = published.poll()) != null) {
            WAITING.decrementAndGet(this);
            Long revision = lookedAt.get(next.lane());
            if (revision == null || next.change().revision() > revision) {
                return next.change();
            }
        }
        return null;
    }
}
