package io.containerstatus.reactive;

import io.containerstatus.CaughtUp;
import io.containerstatus.StatusEvent;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/** Emits the newest state of one container whenever the subscriber is ready. */
final class LatestOfContainer extends ChangeSubscription {
    private final ContainerLane lane;
    private final Cursor cursor;
    private final boolean snapshot;
    /** Whether the end of the snapshot is still to be emitted. Used by the drain only, once it runs. */
    private boolean endIsDue;
    /** Whether the snapshot was emitted, or the delivery has none. Used by the drain only, once it runs. */
    private boolean begun;

    LatestOfContainer(CoreSubscriber<? super StatusEvent> actual, ContainerLane lane, Delivery delivery) {
        super(actual, lane.subscribers(), lane.store().context().signals(), delivery, delivery.filter());
        this.lane = lane;
        this.cursor = new Cursor(lane, filter(), StatusChange.Kind.SNAPSHOT, /* reportsUnknownDeletion= */ true);
        this.snapshot = delivery.withSnapshot();
        this.endIsDue = delivery.emitsSnapshotEnd();
    }

    /** Without demand, no commit is passed to it. The drain reads the newest commit at the next request. */
    @Override
    public boolean sleeps() {
        return !hasDemand();
    }

    @Override
    void snapshot() {
        if (!snapshot) {
            cursor.skipToNow();
            begun = true;
        }
    }

    @Override
    void onPassed(ContainerLane committed, StatusChange change) {
        // Not called without demand. A request that arrives at this moment reads the commit, which was made before.
        wake();
    }

    @Override
    protected boolean hasEnded() {
        return lane.hasEnded();
    }

    @Override
    protected boolean hasNext() {
        return endIsDue || cursor.hasNews();
    }

    @Override
    protected @Nullable StatusEvent poll() {
        StatusChange change = endIsDue && begun ? null : cursor.poll();
        if (change == null && endIsDue) {
            endIsDue = false;
            return new CaughtUp();
        }
        begun = true;
        return change;
    }
}
