package io.containerstatus.reactive;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * How far one subscriber has followed one container. It looks at the container's last commit when the subscriber is
 * ready for it, instead of being sent each: so nothing is buffered, and what is newest is never missed.
 */
final class Cursor {
    // A subscription to a whole store has a cursor for each container: hence no objects for these two.
    private static final AtomicIntegerFieldUpdater<Cursor> QUEUED =
            AtomicIntegerFieldUpdater.newUpdater(Cursor.class, "queued");
    private static final AtomicIntegerFieldUpdater<Cursor> FATE =
            AtomicIntegerFieldUpdater.newUpdater(Cursor.class, "fate");

    private static final int UNTOLD = 0;
    private static final int TOLD = 1;
    private static final int FORGOTTEN = 2;

    private final ContainerLane lane;
    private final ChangeFilter filter;
    private final boolean reportsUnseenDeletion;
    /** 1 while it waits in its subscription's queue of containers to look at. */
    @SuppressWarnings("unused") // Through QUEUED.
    private volatile int queued;
    /** Whether the subscriber knows of the container; decided once, by the drain or by whoever forgets it. */
    private volatile int fate = UNTOLD;

    // The drain's alone.
    private StatusChange.Kind firstKind;
    private @Nullable Commit seen;
    private boolean finished;

    Cursor(ContainerLane lane, ChangeFilter filter, StatusChange.Kind firstKind, boolean reportsUnseenDeletion) {
        this.lane = lane;
        this.filter = filter;
        this.firstKind = firstKind;
        this.reportsUnseenDeletion = reportsUnseenDeletion;
    }

    ContainerLane lane() {
        return lane;
    }

    boolean enterQueue() {
        return QUEUED.compareAndSet(this, 0, 1);
    }

    void leaveQueue() {
        queued = 0;
    }

    /** Takes the container as one that was there before the subscription. */
    void existedBefore() {
        firstKind = StatusChange.Kind.SNAPSHOT;
    }

    /** Takes what stands now as seen. */
    void skipToNow() {
        seen = lane.committed();
        fate = TOLD;
    }

    /** Returns whether {@link #poll} has something to tell. */
    boolean hasNews() {
        return isNews(lane.committed());
    }

    private boolean isNews(Commit now) {
        return seen != null
                ? now.revision() > seen.revision() && filter.tells(seen, now)
                : now.isLive() || reportsUnseenDeletion;
    }

    /** Returns the change from what was seen to what stands now, or null if there is none to tell. */
    @Nullable
    StatusChange poll() {
        Commit now = lane.committed();
        finished = !now.isLive();
        if (!isNews(now) || (seen == null && !FATE.compareAndSet(this, UNTOLD, TOLD))) {
            return null;
        }
        StatusChange change = seen != null
                ? StatusChanges.since(lane.id(), seen, now)
                : StatusChanges.first(lane.id(), firstKind, now);
        seen = now;
        return change;
    }

    /** Returns whether the last poll found the container deleted: it will never have news again. */
    boolean isFinished() {
        return finished;
    }

    /**
     * Forgets the container if it is gone and the subscriber was not told of it; returns whether that is so. For any
     * thread: if the drain is about to tell of it at this moment, either it does, or this returns true.
     */
    boolean forget() {
        return lane.committed().phase() == Commit.Phase.DELETED
                && (fate == FORGOTTEN || FATE.compareAndSet(this, UNTOLD, FORGOTTEN));
    }
}
