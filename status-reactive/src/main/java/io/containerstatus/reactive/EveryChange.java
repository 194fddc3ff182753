package io.containerstatus.reactive;

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

/** Every change of one container or of all, in commit order, up to a bound on how many may wait. */
final class EveryChange extends ChangeSubscription {
    private static final AtomicIntegerFieldUpdater<EveryChange> WAITING =
            AtomicIntegerFieldUpdater.newUpdater(EveryChange.class, "waiting");

    private final Supplier<? extends Collection<ContainerLane>> lanes;
    private final BooleanSupplier closed;
    private final boolean endsWithContainer;
    /** The container whose changes these are; null for those of the whole store. */
    private final @Nullable String id;

    private final StatusMetrics metrics;
    private final int maxLag;
    private final boolean snapshot;

    private final Queue<StatusChange> snapshots = new ArrayDeque<>();
    private final Queue<Published> published =
            Queues.<Published>unboundedMultiproducer().get();
    private final LongAdder refused = new LongAdder();
    private volatile Phase phase = Phase.REGISTERED;
    /** The revisions in the snapshot of those containers whose changes may still be published after it. */
    private final Map<ContainerLane, Long> inSnapshot = new ConcurrentHashMap<>();

    @SuppressWarnings("unused") // Through WAITING.
    private volatile int waiting;

    private volatile boolean lagged;

    // The drain's alone.
    private final KnownContainers known;

    private @Nullable StatusChange head;
    private long lastRevision;

    /** Which changes a subscriber hears of that are in its snapshot already: those do not count as lag. */
    private enum Phase {
        /** It has not begun to look. What it hears of now was committed before, so it will be in the snapshot. */
        REGISTERED,
        /** It looks. What it hears of now may be in the snapshot or not. */
        LOOKING,
        /** It has looked. */
        READY
    }

    /**
     * One change that waits.
     *
     * @param counted whether it counts as lag
     */
    private record Published(ContainerLane lane, StatusChange change, boolean counted) {}

    EveryChange(
            CoreSubscriber<? super StatusChange> actual,
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
        this.known = new KnownContainers(filter);
    }

    static EveryChange ofContainer(CoreSubscriber<? super StatusChange> actual, ContainerLane lane, Delivery delivery) {
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

    static EveryChange ofStore(CoreSubscriber<? super StatusChange> actual, CheckpointStore store, Delivery delivery) {
        return new EveryChange(
                actual,
                store.subscribers(),
                /* id= */ null,
                store.context(),
                () -> store.liveLanes(delivery.filter().prefix()),
                store::hasEnded,
                /* endsWithContainer= */ false,
                delivery,
                delivery.filter());
    }

    @Override
    void snapshot() {
        phase = Phase.LOOKING;
        for (ContainerLane lane : lanes.get()) {
            Commit now = lane.committed();
            if (lane.mayBePublishing()) {
                inSnapshot.put(lane, now.revision());
            }
            if (now.isLive()) {
                known.add(lane, now.revision(), now.status());
            }
            // Deleted since the list was made: of no concern to one who watches all and never knew of it.
            if (snapshot && (now.isLive() || endsWithContainer)) {
                snapshots.add(StatusChanges.first(lane.id(), StatusChange.Kind.SNAPSHOT, now));
            }
        }
        phase = Phase.READY;
    }

    @Override
    void onCommit(ContainerLane lane, StatusChange change) {
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
        Long seen = inSnapshot.get(lane);
        return seen != null && change.revision() <= seen;
    }

    @Override
    protected @Nullable Throwable lagFailure() {
        if (!lagged) {
            return null;
        }
        long missed = refused.sum() + (head == null ? 0 : 1);
        head = null;
        while (pollPublished() != null) {
            missed++;
        }
        metrics.recordLag(id, missed);
        return new SubscriberLaggedException(missed, lastRevision, maxLag);
    }

    @Override
    protected boolean hasEnded() {
        // Not as soon as the deletion is committed: it may not have been published to this subscriber yet.
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
    protected @Nullable StatusChange poll() {
        StatusChange change = head != null ? head : pollNext();
        head = null;
        if (change != null) {
            lastRevision = change.revision();
        }
        return change;
    }

    @Override
    @SuppressWarnings("rawtypes") // As it is inherited.
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.BUFFERED) {
            return waiting;
        }
        return key == Attr.CAPACITY ? (Object) maxLag : super.scanUnsafe(key);
    }

    private @Nullable StatusChange pollNext() {
        StatusChange change = snapshots.poll();
        return change != null ? change : pollPublished();
    }

    private @Nullable StatusChange pollPublished() {
        Published next;
        while ((next = published.poll()) != null) {
            if (next.counted()) {
                WAITING.decrementAndGet(this);
            }
            StatusChange news = known.news(next.lane(), next.change());
            if (news != null) {
                return StatusChanges.withDurability(news, next.lane().committed());
            }
        }
        return null;
    }
}
