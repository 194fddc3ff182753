package io.containerstatus.reactive;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.util.concurrent.Queues;

/**
 * The newest state of each container of a store, whenever the subscriber is ready for it. A container waits in the queue
 * once at the most, however often it changes.
 */
final class LatestOfStore extends ChangeSubscription {
    private final CheckpointStore store;
    private final boolean snapshot;
    private final Map<ContainerLane, Cursor> cursors = new ConcurrentHashMap<>();
    private final Queue<Cursor> changed =
            Queues.<Cursor>unboundedMultiproducer().get();
    /** Taken from the queue and not yet told; only once the store has closed. */
    private @Nullable Cursor head;

    LatestOfStore(CoreSubscriber<? super StatusChange> actual, CheckpointStore store, Delivery delivery) {
        super(actual, store.subscribers(), store.settings().signals(), delivery);
        this.store = store;
        this.snapshot = delivery.withSnapshot();
    }

    @Override
    void look() {
        store.liveLanes().forEach(lane -> {
            Cursor cursor = cursor(lane);
            cursor.existedBefore();
            if (snapshot) {
                enqueue(cursor);
            } else {
                cursor.skipToNow();
            }
        });
    }

    private Cursor cursor(ContainerLane lane) {
        return cursors.computeIfAbsent(
                lane, of -> new Cursor(of, StatusChange.Kind.CREATED, /* reportsUnseenDeletion= */ false));
    }

    private void enqueue(Cursor cursor) {
        if (cursor.enterQueue()) {
            changed.offer(cursor);
        }
    }

    @Override
    void onCommit(ContainerLane lane, StatusChange change) {
        enqueue(cursor(lane));
        if (hasDemand()) {
            wake();
        }
    }

    @Override
    boolean hasEnded() {
        return store.isClosed();
    }

    @Override
    boolean hasNext() {
        while (head == null || !head.hasNews()) {
            head = changed.poll();
            if (head == null) {
                return false;
            }
        }
        return true;
    }

    @Override
    @Nullable
    StatusChange poll() {
        Cursor cursor;
        while ((cursor = takeChanged()) != null) {
            StatusChange change = cursor.poll();
            if (cursor.isFinished()) {
                cursors.remove(cursor.lane());
            }
            if (change != null) {
                return change;
            }
        }
        return null;
    }

    private @Nullable Cursor takeChanged() {
        Cursor cursor = head;
        head = null;
        if (cursor == null) {
            cursor = changed.poll();
        }
        if (cursor != null) {
            // Before the look: a commit made after it queues the container again.
            cursor.leaveQueue();
        }
        return cursor;
    }
}
