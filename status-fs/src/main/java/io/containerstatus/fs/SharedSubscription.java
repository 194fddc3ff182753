package io.containerstatus.fs;

import io.containerstatus.CaughtUp;
import io.containerstatus.StatusEvent;
import io.containerstatus.fs.internal.SubscriberDrain;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * One subscription to a shared root. The root only notes which containers have changed, each at most once, and
 * wakes the drain. The drain then emits the newest known state.
 */
final class SharedSubscription extends SubscriberDrain<StatusEvent> {
    private final SharedRoot root;
    private final boolean emitsSnapshotEnd;
    private volatile boolean begun;

    private final Object lock = new Object();
    // Guarded by the lock, which is held only briefly.
    private final Map<SharedEntry, SharedTurn.Cursor> cursors = new HashMap<>();
    /** The containers with changes, in the order of their first change that was not emitted. */
    private final Set<SharedTurn> queue = new LinkedHashSet<>();

    SharedSubscription(CoreSubscriber<? super StatusEvent> actual, SharedRoot root, boolean emitsSnapshotEnd) {
        super(actual);
        this.root = root;
        this.emitsSnapshotEnd = emitsSnapshotEnd;
    }

    /**
     * Lets signals be emitted, and starts the root if it has not started. The subscriber already has the subscription.
     */
    void start() {
        begin();
        begun = true;
        if (!isOver()) {
            root.start();
        }
    }

    /**
     * Notes a change of the container. If the container is new to the subscriber, {@code kind} is that
     * of its first change.
     */
    void note(SharedEntry entry, FollowedChange.Kind kind) {
        synchronized (lock) {
            SharedTurn.Cursor cursor = cursors.get(entry);
            if (kind != FollowedChange.Kind.DELETED) {
                if (cursor == null) {
                    cursor = new SharedTurn.Cursor(entry, kind);
                    cursors.put(entry, cursor);
                }
                queue.add(cursor);
            } else if (cursor != null && cursor.isKnown()) {
                queue.add(cursor);
            } else if (cursor != null) {
                // The container was created and deleted before the subscriber was ready, so nothing is emitted for it.
                queue.remove(cursor);
                cursors.remove(entry);
            }
        }
    }

    /** Notes that the snapshot is complete. */
    void noteSnapshotEnd() {
        if (emitsSnapshotEnd) {
            synchronized (lock) {
                queue.add(SharedTurn.SnapshotEnd.MARK);
            }
        }
    }

    /** Wakes the drain if there is demand. If there is none, later demand wakes it. Never throws. */
    void wakeIfDemanded() {
        try {
            if (hasDemand()) {
                wake();
            }
        } catch (Throwable thrown) {
            fail(thrown);
        }
    }

    /** Ends the stream with this error after the signal in progress, whether or not there is demand. Never throws. */
    void fail(Throwable failure) {
        try {
            failWith(failure);
            if (begun && isScheduled() && root.mayForget()) {
                run();
            }
        } catch (Throwable thrown) {
            abandon(thrown);
        }
    }

    @Override
    protected @Nullable StatusEvent poll() {
        SharedTurn turn;
        while ((turn = takeTurn()) != null) {
            StatusEvent event = turn instanceof SharedTurn.Cursor cursor ? cursor.read() : new CaughtUp();
            if (event != null) {
                return event;
            }
        }
        return null;
    }

    private @Nullable SharedTurn takeTurn() {
        synchronized (lock) {
            Iterator<SharedTurn> first = queue.iterator();
            if (!first.hasNext()) {
                return null;
            }
            SharedTurn turn = first.next();
            first.remove();
            if (turn instanceof SharedTurn.Cursor cursor) {
                cursor.setKnown();
                if (cursor.entry().now() == null) {
                    cursors.remove(cursor.entry());
                }
            }
            return turn;
        }
    }

    @Override
    protected void handOver() {
        Throwable refused = root.run(this);
        if (refused != null) {
            failWith(root.settings().unread("the I/O scheduler rejected the work", refused));
            // Only the failure is signalled on this thread; nothing is read any more.
            run();
        }
    }

    @Override
    protected void release(@Nullable Throwable failure) {
        root.remove(this);
        synchronized (lock) {
            // The application may keep the subscription. It must not keep thousands of statuses with it.
            queue.clear();
            cursors.clear();
        }
    }

    @Override
    @SuppressWarnings("rawtypes") // The inherited method has a raw type.
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.BUFFERED) {
            synchronized (lock) {
                return queue.size();
            }
        }
        return super.scanUnsafe(key);
    }
}
