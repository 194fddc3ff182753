package io.containerstatus.reactive;

import io.containerstatus.CaughtUp;
import io.containerstatus.StatusEvent;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * Emits the newest state of each container of a store whenever the subscriber is ready. A container is in the
 * queue at most once, however often it changes.
 */
final class LatestOfStore extends ChangeSubscription {
    /** No sweep takes place for so few deletions. */
    private static final int FEW = 64;

    private final CheckpointStore store;
    private final boolean snapshot;
    private final boolean snapshotEnd;
    private final Map<ContainerLane, Cursor> cursors = new ConcurrentHashMap<>();
    private final Queue<Turn> turns = new ConcurrentLinkedQueue<>();
    /** The number of deletions received since the last sweep. */
    private final AtomicInteger deletions = new AtomicInteger();

    LatestOfStore(CoreSubscriber<? super StatusEvent> actual, CheckpointStore store, Delivery delivery) {
        super(actual, store.subscribers(), store.context().signals(), delivery, delivery.filter());
        this.store = store;
        this.snapshot = delivery.withSnapshot();
        this.snapshotEnd = delivery.emitsSnapshotEnd();
    }

    @Override
    void snapshot() {
        filter().lanes(store).forEach(lane -> {
            Cursor cursor = cursor(lane);
            cursor.existedBefore();
            if (snapshot) {
                // At this moment, a committing thread may have called enterQueue() and not have queued the
                // cursor yet. It must not come only behind the mark, so the cursor is then queued twice.
                // Covered by EmitAgainstEndOfSnapshot.
                if (cursor.enterQueue() || snapshotEnd) {
                    turns.offer(cursor);
                }
            } else {
                cursor.skipToNow();
            }
        });
        if (snapshotEnd) {
            // Behind the whole snapshot: the drain has not begun, so it has polled none of these cursors.
            turns.offer(Turn.SnapshotEnd.MARK);
        }
    }

    private Cursor cursor(ContainerLane lane) {
        Cursor known = cursors.get(lane);
        // A get first, because computeIfAbsent may take a lock even if the key is present.
        return known != null ? known : cursors.computeIfAbsent(lane, this::newCursor);
    }

    private Cursor newCursor(ContainerLane lane) {
        return new Cursor(lane, filter(), StatusChange.Kind.CREATED, /* reportsUnknownDeletion= */ false);
    }

    private void enqueue(Cursor cursor) {
        if (cursor.enterQueue()) {
            turns.offer(cursor);
        }
    }

    @Override
    void onPassed(ContainerLane lane, StatusChange change) {
        enqueue(cursor(lane));
        if (change.kind() == StatusChange.Kind.DELETED) {
            sweep(deletions.incrementAndGet());
        }
        if (hasDemand()) {
            wake();
        }
    }

    /**
     * Forgets the containers that were created and deleted before the subscriber was ready, once there may be
     * as many of them as of other containers. The drain does not do this, because they would accumulate while
     * a subscriber blocks it.
     */
    private void sweep(int deleted) {
        if (deleted > FEW && deleted > cursors.size() / 2 && deletions.compareAndSet(deleted, 0)) {
            turns.removeIf(turn -> turn instanceof Cursor cursor && isSwept(cursor));
        }
    }

    private boolean isSwept(Cursor cursor) {
        boolean forgotten = cursor.forget();
        if (forgotten) {
            cursors.remove(cursor.lane());
        }
        return forgotten;
    }

    /** Returns the length of the queue; exact only while nothing else happens. */
    int waiting() {
        return turns.size();
    }

    @Override
    @SuppressWarnings("rawtypes") // The inherited signature is raw.
    public @Nullable Object scanUnsafe(Attr key) {
        return key == Attr.BUFFERED ? (Object) waiting() : super.scanUnsafe(key);
    }

    @Override
    protected boolean hasEnded() {
        return store.hasEnded();
    }

    @Override
    protected boolean hasNext() {
        Turn next = turns.peek();
        while (next instanceof Cursor cursor && !cursor.hasNews()) {
            turns.poll();
            next = turns.peek();
        }
        return next != null;
    }

    @Override
    protected @Nullable StatusEvent poll() {
        Turn next;
        while ((next = turns.poll()) != null) {
            StatusEvent event = next instanceof Cursor cursor ? read(cursor) : new CaughtUp();
            if (event != null) {
                return event;
            }
        }
        return null;
    }

    private @Nullable StatusChange read(Cursor cursor) {
        // Before the read, so that a later commit queues the container again.
        cursor.leaveQueue();
        StatusChange change = cursor.poll();
        if (cursor.isFinished()) {
            cursors.remove(cursor.lane());
        }
        return change;
    }
}
