package io.containerstatus.reactive;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * The newest state of each container of a store, whenever the subscriber is ready for it. A container waits in the queue
 * once at the most, however often it changes.
 */
final class LatestOfStore extends ChangeSubscription {
    /** How many deletions are not worth a sweep. */
    private static final int FEW = 64;

    private final CheckpointStore store;
    private final boolean snapshot;
    private final Map<ContainerLane, Cursor> cursors = new ConcurrentHashMap<>();
    private final Queue<Cursor> changed = new ConcurrentLinkedQueue<>();
    /** The deletions heard of since the last sweep. */
    private final AtomicInteger deletions = new AtomicInteger();

    LatestOfStore(CoreSubscriber<? super StatusChange> actual, CheckpointStore store, Delivery delivery) {
        super(actual, store.subscribers(), store.context().signals(), delivery, delivery.filter());
        this.store = store;
        this.snapshot = delivery.withSnapshot();
    }

    @Override
    void snapshot() {
        store.liveLanes(filter().prefix()).forEach(lane -> {
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
        Cursor known = cursors.get(lane);
        // Looked up first because computeIfAbsent may take a lock even if there is one.
        return known != null ? known : cursors.computeIfAbsent(lane, this::newCursor);
    }

    private Cursor newCursor(ContainerLane lane) {
        return new Cursor(lane, filter(), StatusChange.Kind.CREATED, /* reportsUnseenDeletion= */ false);
    }

    private void enqueue(Cursor cursor) {
        if (cursor.enterQueue()) {
            changed.offer(cursor);
        }
    }

    @Override
    void onCommit(ContainerLane lane, StatusChange change) {
        enqueue(cursor(lane));
        if (change.kind() == StatusChange.Kind.DELETED) {
            sweep(deletions.incrementAndGet());
        }
        if (hasDemand()) {
            wake();
        }
    }

    /**
     * Forgets those that came and went while the subscriber slept, once they may be as many as the others. Not in the
     * drain: a subscriber that blocks in there would let them pile up.
     */
    private void sweep(int deleted) {
        if (deleted > FEW && deleted > cursors.size() / 2 && deletions.compareAndSet(deleted, 0)) {
            changed.removeIf(this::isSwept);
        }
    }

    private boolean isSwept(Cursor cursor) {
        boolean forgotten = cursor.forget();
        if (forgotten) {
            cursors.remove(cursor.lane());
        }
        return forgotten;
    }

    /** Returns how many places of the queue are taken; exact only while nothing else happens. */
    int waiting() {
        return changed.size();
    }

    @Override
    @SuppressWarnings("rawtypes") // As it is inherited.
    public @Nullable Object scanUnsafe(Attr key) {
        return key == Attr.BUFFERED ? (Object) waiting() : super.scanUnsafe(key);
    }

    @Override
    protected boolean hasEnded() {
        return store.hasEnded();
    }

    @Override
    protected boolean hasNext() {
        Cursor next = changed.peek();
        while (next != null && !next.hasNews()) {
            changed.poll();
            next = changed.peek();
        }
        return next != null;
    }

    @Override
    protected @Nullable StatusChange poll() {
        Cursor next;
        while ((next = changed.poll()) != null) {
            // Before the look: a commit made after it queues the container again.
            next.leaveQueue();
            StatusChange change = next.poll();
            if (next.isFinished()) {
                cursors.remove(next.lane());
            }
            if (change != null) {
                return change;
            }
        }
        return null;
    }
}
