package io.containerstatus.etcd;

import io.containerstatus.fs.internal.SubscriberDrain;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * One subscriber of a fleet. The follower only notes which containers and nodes have changed, each at most
 * once, and wakes the drain. The drain then reads the current state and emits it on the subscriber's scheduler.
 */
final class FleetSubscription extends SubscriberDrain<FleetEvent> {
    private final FleetView view;
    private final Scope scope;
    private final FleetSignals signals;
    private final FleetMetricsGuard metrics;
    private final FleetKeys keys;
    private volatile @Nullable Fleet fleet;
    /** Whether this subscription has received a snapshot. Accessed on the worker only. */
    private boolean introduced;

    private final Object lock = new Object();
    // Guarded by the lock, which is held only briefly.
    private final Map<FleetEntry, FleetCursor.OfContainer> containers = new HashMap<>();
    private final Map<FleetNode, FleetCursor.OfNode> nodes = new HashMap<>();
    /** The cursors with unread changes, in the order of the first unread change of each. */
    private final Set<FleetCursor> queue = new LinkedHashSet<>();

    private FleetCursor.@Nullable Mark caughtUp;

    // Accessed by the drain only.
    private @Nullable FleetCursor turn;
    private @Nullable FleetEvent held;
    private int reportedSnapshots;
    private boolean reportedInterruption;

    /** The events that a stream emits. */
    enum Scope {
        CONTAINERS,
        NODES,
        EVERYTHING
    }

    FleetSubscription(
            CoreSubscriber<? super FleetEvent> actual,
            FleetView view,
            Scope scope,
            FleetSettings settings,
            FleetSignals signals) {
        super(actual);
        this.view = view;
        this.scope = scope;
        this.signals = signals;
        this.metrics = settings.metrics();
        this.keys = settings.keys();
    }

    /** Starts the subscription on the fleet. Called on the worker. */
    void start(Fleet followed) {
        fleet = followed;
        if (isOver()) {
            followed.remove(this); // It was cancelled before it knew the fleet.
        }
        begin();
    }

    /** Makes {@link #start} fail the stream with this error. */
    void failFirst(Throwable reason) {
        failBeforeBegin(reason);
    }

    /** Starts the subscription only to fail it with this error. */
    void refuse(Throwable reason) {
        failBeforeBegin(reason);
        begin();
    }

    // The following methods are called on the worker.

    boolean isIntroduced() {
        return introduced;
    }

    /** Queues all known nodes and containers. */
    void introduce(Iterable<FleetNode> all) {
        introduced = true;
        for (FleetNode node : all) {
            if (!view.shows(node)) {
                continue;
            }
            synchronized (lock) {
                add(node, /* wasThereBefore= */ true);
                node.entries().values().forEach(entry -> add(entry, FleetChange.Kind.SNAPSHOT));
            }
        }
        wakeIfDemanded();
    }

    /** Notes that the container was created, written or deleted. */
    void onChange(FleetEntry entry) {
        if (!introduced || !view.shows(entry)) {
            return;
        }
        synchronized (lock) {
            if (!entry.now().isDeleted()) {
                add(entry, FleetChange.Kind.CREATED);
            } else {
                queueOrForget(containers.get(entry), () -> containers.remove(entry));
            }
        }
        wakeIfDemanded();
    }

    /** Notes that the node is new, that its owner has changed, or that it is gone. */
    void onChange(FleetNode node) {
        if (!introduced || !view.shows(node)) {
            return;
        }
        synchronized (lock) {
            if (!node.isGone()) {
                add(node, /* wasThereBefore= */ false);
            } else {
                queueOrForget(nodes.get(node), () -> nodes.remove(node));
            }
        }
        wakeIfDemanded();
    }

    private void add(FleetEntry entry, FleetChange.Kind first) {
        if (scope != Scope.NODES && view.shows(entry)) {
            queue.add(containers.computeIfAbsent(
                    entry, unknown -> new FleetCursor.OfContainer(entry, view, keys, first)));
        }
    }

    private void add(FleetNode node, boolean wasThereBefore) {
        if (scope != Scope.CONTAINERS) {
            queue.add(nodes.computeIfAbsent(node, unknown -> new FleetCursor.OfNode(node, wasThereBefore)));
        }
    }

    /**
     * Queues the cursor if the subscriber has received an event from it. Otherwise forgets the cursor,
     * because the container or node came and went before the subscriber was ready.
     */
    private void queueOrForget(@Nullable FleetCursor cursor, Runnable forget) {
        if (cursor != null && cursor.isKnown()) {
            queue.add(cursor);
        } else if (cursor != null) {
            queue.remove(cursor);
            forget.run();
        }
    }

    /**
     * Queues the notice after everything that is queued now. It replaces an earlier notice that was not
     * emitted yet.
     */
    void caughtUp(long revision) {
        if (scope != Scope.EVERYTHING) {
            return;
        }
        synchronized (lock) {
            if (caughtUp != null) {
                queue.remove(caughtUp);
            }
            caughtUp = new FleetCursor.Mark(new FleetNotice(FleetNotice.Kind.CAUGHT_UP, revision, ""));
            queue.add(caughtUp);
        }
        wakeIfDemanded();
    }

    /** Notes that the link to etcd has changed. */
    void onLinkChange() {
        if (scope == Scope.EVERYTHING) {
            wakeIfDemanded();
        }
    }

    void onEnd() {
        wake();
    }

    /** Fails the stream with this error, after the signal in progress. */
    void fail(Throwable reason) {
        try {
            failWith(reason);
        } catch (Throwable thrown) {
            abandon(thrown);
        }
    }

    private void wakeIfDemanded() {
        if (hasDemand()) {
            wake();
        }
    }

    // The following methods are called in the drain.

    @Override
    protected boolean hasEnded() {
        Fleet followed = fleet;
        return followed != null && followed.hasEnded();
    }

    @Override
    protected boolean hasNext() {
        if (held == null) {
            held = next();
        }
        return held != null;
    }

    @Override
    protected @Nullable FleetEvent poll() {
        FleetEvent event = held != null ? held : next();
        held = null;
        return event;
    }

    private @Nullable FleetEvent next() {
        while (true) {
            if (turn == null) {
                turn = takeTurn();
            }
            // Read after the queue, so that the notice of a gap comes before the changes that the new
            // snapshot has queued.
            FleetNotice notice = notice();
            if (notice != null || turn == null) {
                return notice;
            }
            FleetCursor cursor = turn;
            turn = null;
            FleetEvent event = cursor.read();
            if (event != null) {
                record(cursor, event);
                return event;
            }
        }
    }

    private @Nullable FleetCursor takeTurn() {
        synchronized (lock) {
            Iterator<FleetCursor> first = queue.iterator();
            if (!first.hasNext()) {
                return null;
            }
            FleetCursor cursor = first.next();
            first.remove();
            cursor.setKnown();
            if (cursor == caughtUp) {
                caughtUp = null;
            }
            if (cursor.isGone()) {
                if (cursor instanceof FleetCursor.OfContainer container) {
                    containers.remove(container.entry());
                } else if (cursor instanceof FleetCursor.OfNode node) {
                    nodes.remove(node.node());
                }
            }
            return cursor;
        }
    }

    private @Nullable FleetNotice notice() {
        Fleet followed = fleet;
        if (scope != Scope.EVERYTHING || followed == null) {
            return null;
        }
        FleetLink link = followed.link();
        boolean first = reportedSnapshots == 0;
        if (link.snapshots() != reportedSnapshots) {
            reportedSnapshots = link.snapshots();
            reportedInterruption &= link.interruption() != null;
            if (!first) {
                reportedInterruption = false;
                return new FleetNotice(FleetNotice.Kind.GAP, link.snapshotRevision(), link.gap());
            }
        }
        String interruption = link.interruption();
        if (interruption != null && !reportedInterruption) {
            reportedInterruption = true;
            return new FleetNotice(FleetNotice.Kind.INTERRUPTED, followed.revision(), interruption);
        }
        if (interruption == null && reportedInterruption) {
            reportedInterruption = false;
            return new FleetNotice(FleetNotice.Kind.RESUMED, followed.revision(), "");
        }
        return null;
    }

    private void record(FleetCursor cursor, FleetEvent event) {
        if (cursor instanceof FleetCursor.OfContainer container && event instanceof FleetChange change) {
            metrics.change(change, container.receivedAt());
        }
    }

    @Override
    protected void handOver() {
        signals.run(this, view.scheduler());
    }

    @Override
    protected void release(@Nullable Throwable failure) {
        Fleet followed = fleet;
        if (followed != null) {
            followed.remove(this);
        }
        synchronized (lock) {
            // A subscription that is still referenced must not keep thousands of statuses in memory.
            queue.clear();
            containers.clear();
            nodes.clear();
        }
        metrics.end(failure);
    }

    @Override
    @SuppressWarnings("rawtypes") // The inherited method has the raw type.
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.BUFFERED) {
            synchronized (lock) {
                return queue.size();
            }
        }
        return super.scanUnsafe(key);
    }
}
