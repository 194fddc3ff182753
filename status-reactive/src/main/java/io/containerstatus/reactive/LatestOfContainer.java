package io.containerstatus.reactive;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/** The newest state of one container, whenever the subscriber is ready for it. */
final class LatestOfContainer extends ChangeSubscription {
    private final ContainerLane lane;
    private final Cursor cursor;
    private final boolean snapshot;

    LatestOfContainer(CoreSubscriber<? super StatusChange> actual, ContainerLane lane, Delivery delivery) {
        super(actual, lane.subscribers(), lane.store().context().signals(), delivery, delivery.filter());
        this.lane = lane;
        this.cursor = new Cursor(lane, filter(), StatusChange.Kind.SNAPSHOT, /* reportsUnseenDeletion= */ true);
        this.snapshot = delivery.withSnapshot();
    }

    /** Without demand it finds all it needs when it looks again at its next demand. */
    @Override
    public boolean sleeps() {
        return !hasDemand();
    }

    @Override
    void snapshot() {
        if (!snapshot) {
            cursor.skipToNow();
        }
    }

    @Override
    void onCommit(ContainerLane committed, StatusChange change) {
        // Without demand it is not called: a request that comes now looks at the commit that was made before.
        wake();
    }

    @Override
    protected boolean hasEnded() {
        return lane.hasEnded();
    }

    @Override
    protected boolean hasNext() {
        return cursor.hasNews();
    }

    @Override
    protected @Nullable StatusChange poll() {
        return cursor.poll();
    }
}
