package io.containerstatus.reactive;

import io.containerstatus.CaughtUp;
import io.containerstatus.StatusEvent;
import io.containerstatus.SubscriberLaggedException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.util.concurrent.Queues;

/**
 * Emits every change of one container, or of all containers, in commit order. The number of changes that may
 * wait is bounded.
 */
final class EveryChange extends ChangeSubscription {
    private static final AtomicIntegerFieldUpdater<EveryChange> WAITING =
            AtomicIntegerFieldUpdater.newUpdater(EveryChange.class, "waiting");

    private final Supplier<? extends Collection<ContainerLane>> lanes;
    private final BooleanSupplier closed;
    private final boolean endsWithContainer;
    /** The container of this stream; null for the stream of the whole store. */
    private final @Nullable String id;

    private final StatusMetrics metrics;
    private final int maxLag;
    private final boolean snapshot;
    private final boolean snapshotEnd;

    /** The snapshot, and its end. Emitted before anything else. */
    private final Queue<StatusEvent> snapshots = new ArrayDeque<>();

    private final Queue<Published> published =
            Queues.<Published>unboundedMultiproducer().get();
    private final LongAdder refused = new LongAdder();
    private volatile Phase phase = Phase.REGISTERED;
    /**
     * For each container whose commits may still be published after the snapshot: its revision in the snapshot.
     */
    private final Map<ContainerLane, Long> inSnapshot = new ConcurrentHashMap<>();

    @SuppressWarnings("unused") // Through WAITING.
    private volatile int waiting;

    private volatile boolean lagged;

    // Used by the drain only, once it runs.
    private final KnownContainers known;

    private @Nullable StatusEvent head;
    private long lastRevision;

    /**
     * The progress of the snapshot. It decides whether a change that is received now may be in the snapshot
     * already. Such a change does not count as lag.
     */
    private enum Phase {
        /**
         * The snapshot has not begun. A change that is received now was committed before, so it will be in
         * the snapshot.
         */
        REGISTERED,
        /** The snapshot is being taken. A change that is received now may be in it or not. */
        SCANNING,
        /** The snapshot is complete. */
        READY
    }

    /**
     * One waiting change.
     *
     * @param counted whether it counts as lag
     */
    private record Published(ContainerLane lane, StatusChange change, boolean counted) {}

    EveryChange(
            CoreSubscriber<? super StatusEvent> actual,
            Subscribers registry,
            @Nullable String id,
            StoreContext context,
            Supplier<? extends Collection<ContainerLane>> lanes,
            BooleanSupplier closed,
            boolean endsWithContainer,
            Delivery delivery,
            ChangeFilter filter) {
        super(actual, registry, context.signals(), delivery, filter);
        this.lanes = lanes;
        this.closed = closed;
        this.endsWithContainer = endsWithContainer;
        this.id = id;
        this.metrics = context.metrics();
        this.maxLag = delivery.maxLag();
        this.snapshot = delivery.withSnapshot();
        this.snapshotEnd = delivery.emitsSnapshotEnd();
        this.known = new KnownContainers(filter);
    }

    static EveryChange ofContainer(CoreSubscriber<? super StatusEvent> actual, ContainerLane lane, Delivery delivery) {
        return new EveryChange(
                actual,
                lane.subscribers(),
                lane.id(),
                lane.store().context(),
                () -> List.of(lane),
                lane::isClosed,
                /* endsWithContainer= */ true,
                delivery,
                delivery.filter());
    }

    static EveryChange ofStore(CoreSubscriber<? super StatusEvent> actual, CheckpointStore store, Delivery delivery) {
        return new EveryChange(
                actual,
                store.subscribers(),
                /* id= */ null,
                store.context(),
                () -> delivery.filter().lanes(store),
                store::hasEnded,
                /* endsWithContainer= */ false,
                delivery,
                delivery.filter());
    }

    @Override
    void snapshot() {
        phase = Phase.SCANNING;
        for (ContainerLane lane : lanes.get()) {
            Commit now = lane.committed();
            if (lane.mayBePublishing()) {
                inSnapshot.put(lane, now.revision());
            }
            if (now.isLive()) {
                known.add(lane, now.revision(), now.status());
            }
            // If a container was deleted since the list was made, a subscriber to the store never knew of it.
            if (snapshot
                    && (now.isLive() || endsWithContainer)
                    && filter().emitsFirst(StatusChange.Kind.SNAPSHOT, now)) {
                snapshots.add(StatusChanges.first(lane.id(), StatusChange.Kind.SNAPSHOT, now));
            }
        }
        if (snapshotEnd) {
            snapshots.add(new CaughtUp());
        }
        phase = Phase.READY;
    }

    @Override
    void onPassed(ContainerLane lane, StatusChange change) {
        Phase now = phase;
        if (now == Phase.REGISTERED || isInSnapshot(lane, change)) {
            return;
        }
        boolean counted = now == Phase.READY;
        if (lagged || (counted && WAITING.incrementAndGet(this) > maxLag)) {
            refused.increment();
            lagged = true;
            wake();
            return;
        }
        published.offer(new Published(lane, change, counted));
        if (hasDemand()) {
            wake();
        }
    }

    private boolean isInSnapshot(ContainerLane lane, StatusChange change) {
        if (inSnapshot.isEmpty()) {
            return false;
        }
        Long revision = inSnapshot.get(lane);
        return revision != null && change.revision() <= revision;
    }

    @Override
    protected @Nullable Throwable lagFailure() {
        if (!lagged) {
            return null;
        }
        long missed = refused.sum() + (head instanceof StatusChange ? 1 : 0);
        head = null;
        while (pollPublished() != null) {
            missed++;
        }
        metrics.recordLag(id, missed);
        return new SubscriberLaggedException(missed, lastRevision, maxLag);
    }

    @Override
    protected boolean hasEnded() {
        // The deletion may be committed and not yet be published to this subscriber. So the commit does not
        // count here.
        return closed.getAsBoolean() || (endsWithContainer && known.isEmpty());
    }

    @Override
    protected boolean hasNext() {
        if (head == null) {
            head = pollNext();
        }
        return head != null;
    }

    @Override
    protected @Nullable StatusEvent poll() {
        StatusEvent event = head != null ? head : pollNext();
        head = null;
        if (event instanceof StatusChange change) {
            lastRevision = change.revision();
        }
        return event;
    }

    @Override
    @SuppressWarnings("rawtypes") // The inherited signature is raw.
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.BUFFERED) {
            return waiting;
        }
        return key == Attr.CAPACITY ? (Object) maxLag : super.scanUnsafe(key);
    }

    private @Nullable StatusEvent pollNext() {
        StatusEvent event = snapshots.poll();
        return event != null ? event : pollPublished();
    }

    private @Nullable StatusChange pollPublished() {
        Published next;
        while ((next = published.poll()) != null) {
            if (next.counted()) {
                WAITING.decrementAndGet(this);
            }
            StatusChange news = known.news(next.lane(), next.change());
            if (news != null && filter().emits(news)) {
                return StatusChanges.withDurability(news, next.lane().committed());
            }
            if (endsWithContainer && known.isEmpty()) {
                // The filter leaves out the deletion. After an emitted change, the drain would check for the
                // end; here, it must be woken for that.
                wake();
            }
        }
        return null;
    }
}
