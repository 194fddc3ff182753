package io.containerstatus.reactive;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How far one subscriber has followed one container. It looks at the container's last commit when the subscriber is
 * ready for it, instead of being sent each: so nothing is buffered, and what is newest is never missed.
 */
final class Cursor {
    private final ContainerLane lane;
    private final boolean reportsUnseenDeletion;
    /** Whether it waits in its subscription's queue of containers to look at. */
    private final AtomicBoolean queued = new AtomicBoolean();

    private StatusChange.Kind firstKind;
    private @Nullable Commit seen;
    private boolean finished;

    Cursor(ContainerLane lane, StatusChange.Kind firstKind, boolean reportsUnseenDeletion) {
        this.lane = lane;
        this.firstKind = firstKind;
        this.reportsUnseenDeletion = reportsUnseenDeletion;
    }

    ContainerLane lane() {
        return lane;
    }

    boolean enterQueue() {
        return queued.compareAndSet(false, true);
    }

    void leaveQueue() {
        queued.set(false);
    }

    /** Takes the container as one that was there before the subscription. */
    void existedBefore() {
        firstKind = StatusChange.Kind.SNAPSHOT;
    }

    /** Takes what stands now as seen. */
    void skipToNow() {
        seen = lane.committed();
    }

    /** Returns whether {@link #poll} has something to tell. */
    boolean hasNews() {
        return isNews(lane.committed());
    }

    private boolean isNews(Commit now) {
        return seen != null ? now.revision() > seen.revision() : now.isLive() || reportsUnseenDeletion;
    }

    /** Returns the change from what was seen to what stands now, or null if there is none to tell. */
    @Nullable
    StatusChange poll() {
        Commit now = lane.committed();
        finished = !now.isLive();
        if (!isNews(now)) {
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
}
