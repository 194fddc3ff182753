package io.containerstatus.reactive;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The position of one subscriber in the changes of one container. The cursor reads the last commit of the
 * container when the subscriber is ready, and does not receive each commit. So nothing is buffered, and the
 * newest status is never missed.
 */
final class Cursor implements Turn {
    // Field updaters instead of objects: a subscription to a whole store has a cursor for each container.
    private static final AtomicIntegerFieldUpdater<Cursor> QUEUED =
            AtomicIntegerFieldUpdater.newUpdater(Cursor.class, "queued");
    private static final AtomicIntegerFieldUpdater<Cursor> FATE =
            AtomicIntegerFieldUpdater.newUpdater(Cursor.class, "fate");

    private static final int UNKNOWN = 0;
    private static final int KNOWN = 1;
    private static final int FORGOTTEN = 2;

    private final ContainerLane lane;
    private final ChangeFilter filter;
    private final boolean reportsUnknownDeletion;
    /** 1 while this cursor waits in the queue of its subscription. */
    @SuppressWarnings("unused") // Through QUEUED.
    private volatile int queued;
    /**
     * Whether the subscriber knows of the container. Decided once: by the drain, or by the thread that
     * forgets the container.
     */
    private volatile int fate = UNKNOWN;

    // Used by the drain only, once it runs.
    private StatusChange.Kind firstKind;
    private @Nullable Commit known;
    private boolean finished;

    Cursor(ContainerLane lane, ChangeFilter filter, StatusChange.Kind firstKind, boolean reportsUnknownDeletion) {
        this.lane = lane;
        this.filter = filter;
        this.firstKind = firstKind;
        this.reportsUnknownDeletion = reportsUnknownDeletion;
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

    /** Marks the container as one that existed before the subscription. */
    void existedBefore() {
        firstKind = StatusChange.Kind.SNAPSHOT;
    }

    /** Counts the current status as known, without emitting it. */
    void skipToNow() {
        known = lane.committed();
        fate = KNOWN;
    }

    /** Returns whether {@link #poll} would return a change. */
    boolean hasNews() {
        return isNews(lane.committed());
    }

    private boolean isNews(Commit now) {
        return known != null
                ? now.revision() > known.revision() && filter.emits(known, now)
                : (now.isLive() || reportsUnknownDeletion) && filter.emitsFirst(firstKind, now);
    }

    /** Returns the change from the known commit to the current one, or null if there is nothing to emit. */
    @Nullable
    StatusChange poll() {
        Commit now = lane.committed();
        finished = !now.isLive();
        boolean news = isNews(now);
        if (known == null && (news || now.isLive())) {
            if (!FATE.compareAndSet(this, UNKNOWN, KNOWN)) {
                return null;
            }
            if (!news) {
                // The filter leaves the change out, so the status counts as known from now on.
                known = now;
            }
        }
        if (!news) {
            return null;
        }
        StatusChange change = known != null
                ? StatusChanges.since(lane.id(), known, now)
                : StatusChanges.first(lane.id(), firstKind, now);
        known = now;
        return change;
    }

    /** Returns whether the last poll found the container deleted, so that no news will follow. */
    boolean isFinished() {
        return finished;
    }

    /**
     * Forgets the container if it was deleted before the subscriber learned of it. Returns whether the
     * container is forgotten. Any thread may call this. If the drain is about to emit the container at the
     * same moment, either the drain emits it, or this returns true.
     */
    boolean forget() {
        return lane.committed().phase() == Commit.Phase.DELETED
                && (fate == FORGOTTEN || FATE.compareAndSet(this, UNKNOWN, FORGOTTEN));
    }
}
