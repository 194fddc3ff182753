package io.containerstatus.reactive;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The operations that wait for one container, in the order of their arrival. Any thread adds; only the owner of the lane
 * removes. The queue is linked through the operations, and is a superclass of the lane instead of an object in it: a
 * store has one for each container, and most of them are empty.
 */
abstract class OperationQueue {
    @SuppressWarnings("rawtypes") // A class literal has no type arguments.
    private static final AtomicReferenceFieldUpdater<OperationQueue, Operation> ARRIVED =
            AtomicReferenceFieldUpdater.newUpdater(OperationQueue.class, Operation.class, "arrived");

    private static final AtomicIntegerFieldUpdater<OperationQueue> PENDING =
            AtomicIntegerFieldUpdater.newUpdater(OperationQueue.class, "pending");

    /** A stack: the operation that arrived last, linked to the one before it. */
    private volatile @Nullable Operation<?> arrived;

    private volatile int pending;
    /** The operation that was put back; it comes before all others. Only the owner uses it. */
    private @Nullable Operation<?> next;
    /** The operations that come before the arrived ones, linked in order. Only the owner uses them. */
    private @Nullable Operation<?> waiting;

    /** Counts one more waiting operation, unless as many as the limit wait already. */
    final boolean admit(int limit) {
        if (PENDING.incrementAndGet(this) > limit) {
            PENDING.decrementAndGet(this);
            return false;
        }
        return true;
    }

    /** Counts one more waiting operation, whatever the limit. */
    final void admit() {
        PENDING.incrementAndGet(this);
    }

    /** Returns how many operations wait. */
    final int pending() {
        return pending;
    }

    /** Adds an operation that was admitted. */
    final void offer(Operation<?> operation) {
        Operation<?> latest;
        do {
            latest = arrived;
            operation.neighbour = latest;
        } while (!ARRIVED.compareAndSet(this, latest, operation));
    }

    /** Puts an operation before all others; at most one at a time, and it does not count as pending. */
    final void putBack(Operation<?> operation) {
        next = operation;
    }

    /** Returns whether no operation waits, as far as the owner can see. */
    final boolean isEmpty() {
        return next == null && waiting == null && arrived == null;
    }

    final boolean hasPutBack() {
        return next != null;
    }

    /** Returns whether an operation has arrived since the owner looked. */
    final boolean hasArrived() {
        return arrived != null;
    }

    /**
     * Removes the next operation, which is the run's current one from then on: if the run breaks off, nothing that was
     * removed is lost. Returns null when no operation waits.
     */
    final @Nullable Operation<?> poll(LaneRun run) {
        Operation<?> operation = next;
        if (operation != null) {
            run.current = operation;
            next = null;
            return operation;
        }
        operation = waiting != null ? waiting : takeArrived();
        if (operation != null) {
            run.current = operation;
            waiting = operation.neighbour;
            operation.neighbour = null;
            PENDING.decrementAndGet(this);
        }
        return operation;
    }

    /** Empties the stack of arrivals; returns the earliest one, linked to those that came after it. */
    private @Nullable Operation<?> takeArrived() {
        Operation<?> earliest = null;
        Operation<?> operation = arrived == null ? null : ARRIVED.getAndSet(this, null);
        while (operation != null) {
            Operation<?> earlier = operation.neighbour;
            operation.neighbour = earliest;
            earliest = operation;
            operation = earlier;
        }
        // From here on the owner's, also if the run breaks off before it takes the first.
        waiting = earliest;
        return earliest;
    }
}
