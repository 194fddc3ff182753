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
 * One subscriber of a fleet. The follower only notes which containers and nodes have changed, each once at the most, and
 * wakes the drain, which looks at what stands then and tells it on the subscriber's scheduler.
 */
final class FleetSubscription extends SubscriberDrain<FleetEvent> {
    private final FleetView view;
    private final Told tells;
    private final FleetSignals signals;
    private final FleetMetricsGuard metrics;
    private final FleetKeys keys;
    private volatile @Nullable Fleet fleet;
    /** Whether it was given what a snapshot has shown. The worker's alone. */
    private boolean introduced;

    private final Object lock = new Object();
    // Guarded by the lock, which is held for moments only.
    private final Map<FleetPlace, FleetCursor.OfContainer> containers = new HashMap<>();
    private final Map<FleetNode, FleetCursor.OfNode> nodes = new HashMap<>();
    /** Those with news, in the order of their first untold change. */
    private final Set<FleetCursor> queue = new LinkedHashSet<>();

    private FleetCursor.@Nullable Mark caughtUp;

    // The drain's alone.
    private @Nullable FleetCursor turn;
    private @Nullable FleetEvent held;
    private int toldSnapshots;
    private boolean toldInterruption;

    /** What a stream is about. */
    enum Told {
        CONTAINERS,
        NODES,
        EVERYTHING
    }

    FleetSubscription(
            CoreSubscriber<? super FleetEvent> actual,
            FleetView view,
            Told tells,
            FleetSettings settings,
            FleetSignals signals) {
        super(actual);
        this.view = view;
        this.tells = tells;
        this.signals = signals;
        this.metrics = settings.metrics();
        this.keys = settings.keys();
    }

    /** Starts it on the fleet; on the worker. */
    void start(Fleet followed) {
        fleet = followed;
        if (isOver()) {
            followed.remove(this); // It was cancelled before it knew of the fleet.
        }
        begin();
    }

    /** Has the start end it with this. */
    void failFirst(Throwable reason) {
        failBeforeBegin(reason);
    }

    /** Starts it only to end it with this. */
    void refuse(Throwable reason) {
        failBeforeBegin(reason);
        begin();
    }

    // On the worker.

    boolean isIntroduced() {
        return introduced;
    }

    /** Takes in what stands. */
    void introduce(Iterable<FleetNode> all) {
        introduced = true;
        for (FleetNode node : all) {
            if (!view.shows(node)) {
                continue;
            }
            synchronized (lock) {
                add(node, /* wasThereBefore= */ true);
                node.places().values().forEach(place -> add(place, FleetChange.Kind.SNAPSHOT));
            }
        }
        wakeIfDemanded();
    }

    /** Hears that the container was created, written or deleted. */
    void hear(FleetPlace place) {
        if (!introduced || !view.shows(place)) {
            return;
        }
        synchronized (lock) {
            if (!place.now().isDeleted()) {
                add(place, FleetChange.Kind.CREATED);
            } else {
                queueOrForget(containers.get(place), () -> containers.remove(place));
            }
        }
        wakeIfDemanded();
    }

    /** Hears that the node has come, or its owner has changed. */
    void hear(FleetNode node) {
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

    private void add(FleetPlace place, FleetChange.Kind first) {
        if (tells != Told.NODES && view.shows(place)) {
            queue.add(containers.computeIfAbsent(
                    place, unknown -> new FleetCursor.OfContainer(place, view, keys, first)));
        }
    }

    private void add(FleetNode node, boolean wasThereBefore) {
        if (tells != Told.CONTAINERS) {
            queue.add(nodes.computeIfAbsent(node, unknown -> new FleetCursor.OfNode(node, wasThereBefore)));
        }
    }

    /** What came and went while the subscriber slept leaves nothing behind. */
    private void queueOrForget(@Nullable FleetCursor cursor, Runnable forget) {
        if (cursor != null && cursor.isKnown()) {
            queue.add(cursor);
        } else if (cursor != null) {
            queue.remove(cursor);
            forget.run();
        }
    }

    /** Has the notice follow what is queued now, in place of an earlier one that has not had its turn. */
    void caughtUp(long revision) {
        if (tells != Told.EVERYTHING) {
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

    /** Hears that the link has changed. */
    void hearLink() {
        if (tells == Told.EVERYTHING) {
            wakeIfDemanded();
        }
    }

    void hearEnd() {
        wake();
    }

    /** Ends the stream with this, in the order of its signals. */
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

    // In the drain.

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
            // After the queue was looked at: what a new snapshot has put there comes after the notice of the gap.
            FleetNotice notice = notice();
            if (notice != null || turn == null) {
                return notice;
            }
            FleetCursor cursor = turn;
            turn = null;
            FleetEvent event = cursor.look();
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
                    containers.remove(container.place());
                } else if (cursor instanceof FleetCursor.OfNode node) {
                    nodes.remove(node.node());
                }
            }
            return cursor;
        }
    }

    private @Nullable FleetNotice notice() {
        Fleet followed = fleet;
        if (tells != Told.EVERYTHING || followed == null) {
            return null;
        }
        FleetLink link = followed.link();
        boolean first = toldSnapshots == 0;
        if (link.snapshots() != toldSnapshots) {
            toldSnapshots = link.snapshots();
            toldInterruption &= link.interruption() != null;
            if (!first) {
                toldInterruption = false;
                return new FleetNotice(FleetNotice.Kind.GAP, link.snapshotRevision(), link.gap());
            }
        }
        String interruption = link.interruption();
        if (interruption != null && !toldInterruption) {
            toldInterruption = true;
            return new FleetNotice(FleetNotice.Kind.INTERRUPTED, followed.revision(), interruption);
        }
        if (interruption == null && toldInterruption) {
            toldInterruption = false;
            return new FleetNotice(FleetNotice.Kind.RESUMED, followed.revision(), "");
        }
        return null;
    }

    private void record(FleetCursor cursor, FleetEvent event) {
        if (cursor instanceof FleetCursor.OfContainer container && event instanceof FleetChange change) {
            metrics.change(change, container.heardAt());
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
            // Whoever holds on to the subscription does not hold on to thousands of statuses.
            queue.clear();
            containers.clear();
            nodes.clear();
        }
        metrics.end(failure);
    }

    @Override
    @SuppressWarnings("rawtypes") // As it is inherited.
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.BUFFERED) {
            synchronized (lock) {
                return queue.size();
            }
        }
        return super.scanUnsafe(key);
    }
}
